import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addToSecretsFile, readSecretsFile } from '../../../infra/deploy/secrets-file.ts';

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-secrets-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describe('the secrets’ file', () => {
  it('holds what was added to it, and nothing where it is not there yet', async () => {
    const file = join(await temporaryFolder(), 'new.env');
    expect(await readSecretsFile(file)).toEqual({});
    await addToSecretsFile(file, { ADMIN_TOKEN: 'a' });
    await addToSecretsFile(file, { SEALING_SECRET: 'b' });
    expect(await readSecretsFile(file)).toEqual({ ADMIN_TOKEN: 'a', SEALING_SECRET: 'b' });
  });

  it('is refused at once where its folder is not there', async () => {
    const folder = join(await temporaryFolder(), 'nowhere');
    await expect(readSecretsFile(join(folder, 'new.env'))).rejects.toThrow(
      `there is no folder ${folder}. Make it, or name a file in another one.`,
    );
  });

  it('is refused where it is none', async () => {
    const folder = await temporaryFolder();
    await expect(readSecretsFile(folder)).rejects.toThrow(/cannot be read: EISDIR/);
  });
});
