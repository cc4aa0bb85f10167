import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hubCacheDirectory, readHubSettings } from '../../../infra/hub/settings.ts';
import { temporaryFolder } from '../../gpu-backend/compiler/temporary-folder.ts';

describe("the hub's settings", () => {
  const caches: [environment: Record<string, string>, directory: string][] = [
    [{}, join(homedir(), '.cache/huggingface/hub')],
    [{ XDG_CACHE_HOME: '/caches' }, '/caches/huggingface/hub'],
    [{ HF_HOME: '/hf', XDG_CACHE_HOME: '/caches' }, '/hf/hub'],
    [{ HF_HOME: '~/hf' }, join(homedir(), 'hf/hub')],
    [{ HUGGINGFACE_HUB_CACHE: '/old', HF_HOME: '/hf' }, '/old'],
    [{ HF_HUB_CACHE: '/hub', HUGGINGFACE_HUB_CACHE: '/old', HF_HOME: '/hf' }, '/hub'],
    [{ HF_HUB_CACHE: '', HF_HOME: '/hf' }, '/hf/hub'],
  ];
  for (const [environment, directory] of caches) {
    it(`keep models in ${directory} with ${JSON.stringify(environment)}`, () => {
      expect(hubCacheDirectory(environment)).toBe(directory);
    });
  }

  it("take the variable's token before the one that was logged in with", async () => {
    const HF_HOME = await temporaryFolder();
    expect((await readHubSettings({ HF_HOME })).token).toBe(undefined);
    await writeFile(join(HF_HOME, 'token'), 'hf_file\n');
    expect((await readHubSettings({ HF_HOME })).token).toBe('hf_file');
    expect((await readHubSettings({ HF_HOME, HF_TOKEN: ' hf_variable ' })).token).toBe('hf_variable');
    await mkdir(join(HF_HOME, 'other'));
    await writeFile(join(HF_HOME, 'other', 'mine'), 'hf_mine');
    const HF_TOKEN_PATH = join(HF_HOME, 'other', 'mine');
    expect((await readHubSettings({ HF_HOME, HF_TOKEN_PATH })).token).toBe('hf_mine');
  });

  it("have Hugging Face's hub, ten seconds and the network where nothing is set", async () => {
    const settings = await readHubSettings({ HF_HOME: '/nowhere' });
    expect(settings).toMatchObject({
      endpoint: 'https://huggingface.co',
      timeoutMs: 10_000,
      isOffline: false,
    });
  });

  it('take another hub, without the slash at its end, and another time', async () => {
    const environment = {
      HF_HOME: '/nowhere',
      HF_ENDPOINT: 'http://mirror:8080/hf//',
      HF_HUB_DOWNLOAD_TIMEOUT: '3',
    };
    expect(await readHubSettings(environment)).toMatchObject({
      endpoint: 'http://mirror:8080/hf',
      timeoutMs: 3_000,
    });
  });

  for (const value of ['1', 'on', 'YES', 'True'])
    it(`are offline with HF_HUB_OFFLINE=${value}`, async () => {
      expect((await readHubSettings({ HF_HOME: '/nowhere', HF_HUB_OFFLINE: value })).isOffline).toBe(true);
    });

  const refused: [environment: Record<string, string>, message: RegExp][] = [
    [{ HF_ENDPOINT: 'huggingface.co' }, /HF_ENDPOINT is "huggingface\.co": an address begins with http/],
    [{ HF_HUB_DOWNLOAD_TIMEOUT: 'soon' }, /HF_HUB_DOWNLOAD_TIMEOUT is "soon"/],
    [{ HF_TOKEN: 'hf_a b' }, /the token in HF_TOKEN holds a space/],
    [{ HF_TOKEN: 'hf_a\nx: y' }, /the token in HF_TOKEN holds a space/],
  ];
  for (const [environment, message] of refused) {
    it(`refuse ${JSON.stringify(environment)}`, async () => {
      const reading = readHubSettings({ HF_HOME: '/nowhere', ...environment });
      await expect(reading).rejects.toMatchObject({
        name: 'UserError',
        message: expect.stringMatching(message),
      });
    });
  }
});
