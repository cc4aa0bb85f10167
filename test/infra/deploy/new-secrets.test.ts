import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Company, Deployment } from '../../../infra/deploy/deploy.ts';
import { gatherSecrets, uploadAndShow } from '../../../infra/deploy/new-secrets.ts';
import { ACCOUNT, Cloudflare, TOKEN } from './cloudflare.ts';
import { DeployedEdge } from './deployed-edge.ts';

const WORKER = 'tandem-staging';
const MADE = ['ADMIN_TOKEN', 'SESSION_TOKEN_SECRET', 'SEALING_SECRET'];

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-secrets-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Somebody at a terminal, and what they are shown. */
function atTerminal(): Company & { shown: Record<string, string>[] } {
  const shown: Record<string, string>[] = [];
  return {
    ...{ shown, tell: () => {}, ask: async () => 'answered' },
    ...{ showOnce: (secrets) => void shown.push(secrets), signal: new AbortController().signal },
  };
}

describe('secrets that a worker lacks', () => {
  const secrets = { given: { CHAT_KEY: 'given' }, made: ['ADMIN_TOKEN'], asked: ['BACKEND_TOKEN'] };

  it('are in the file before anything is done with them, and found there the next time', async () => {
    const [company, file] = [atTerminal(), join(await temporaryFolder(), 'secrets.env')];
    const { values, unwritten } = await gatherSecrets({ worker: WORKER, secrets }, { file, company });
    expect(values).toEqual({
      CHAT_KEY: 'given',
      BACKEND_TOKEN: 'answered',
      ADMIN_TOKEN: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await readFile(file, 'utf8')).toBe(`ADMIN_TOKEN=${values['ADMIN_TOKEN']}\n`);
    expect(unwritten).toEqual({});
    expect(company.shown).toEqual([]);
  });

  it('are to be shown where there is no file', async () => {
    const company = atTerminal();
    const gathered = await gatherSecrets({ worker: WORKER, secrets }, { file: undefined, company });
    expect(gathered.unwritten).toEqual({ ADMIN_TOKEN: gathered.values['ADMIN_TOKEN'] });
    expect(company.shown).toEqual([]);
  });
});

describe('a failed upload', () => {
  it.each<[string, () => Promise<Set<string>>, number]>([
    ['does not show secrets that the worker lacks', async () => new Set(['OTHER']), 0],
    ['shows secrets that the worker has all the same', async () => new Set(['ADMIN_TOKEN']), 1],
    ['shows secrets that the worker may have', async () => Promise.reject(new Error('away')), 1],
  ])('%s', async (_, readPresent, times) => {
    const { shown, showOnce: show } = atTerminal();
    const upload = async () => Promise.reject(new Error('It broke.'));
    const unwritten = { ADMIN_TOKEN: 'a' };
    await expect(uploadAndShow({ unwritten }, { upload, readPresent, show })).rejects.toThrow('It broke.');
    expect(shown).toEqual(new Array(times).fill(unwritten));
  });
});

describe('a deployment at a terminal', () => {
  it('shows what it made once the worker has it, and nothing where the upload failed, which changes nothing', async () => {
    const [cloudflare, folder, company] = [new Cloudflare(), await temporaryFolder(), atTerminal()];
    const edge = new DeployedEdge(cloudflare);
    await cloudflare.listen();
    await edge.listen(WORKER);
    onTestFinished(() => {
      cloudflare.close();
      edge.close();
    });
    cloudflare.seed(WORKER, 'keys', { secrets: ['BACKEND_TOKEN'] });
    const variables = {
      ...process.env,
      CLOUDFLARE_API_BASE_URL: cloudflare.url,
      CLOUDFLARE_API_TOKEN: TOKEN,
      CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
    };
    const deployment = new Deployment(
      {
        ...{
          environment: 'staging',
          folder: join(folder, 'staging'),
          model: undefined,
          address: edge.url,
          watchMs: 100,
        },
        ...{ backendUrl: 'https://127.0.0.1:1', secretsFile: undefined },
      },
      company,
      variables,
    );
    const bundle = await deployment.bundle(await deployment.prepare());
    cloudflare.faults = [{ on: /^PUT .*\/scripts\/[^/]+ /, status: 400, code: 10_021, message: 'No.' }];
    await expect(deployment.run(await deployment.prepare(), bundle)).rejects.toThrow('No.');
    expect(company.shown).toEqual([]);
    expect(deployment.versionId).toBeUndefined();
    const [before] = cloudflare.workers.get(WORKER)!.versions;
    expect(deployment.traffic).toEqual([{ version_id: before!.id, percentage: 100 }]);

    cloudflare.faults = [];
    expect(await deployment.run(await deployment.prepare(), bundle)).toEqual({ kind: 'deployed' });
    const { bindings } = cloudflare.workers.get(WORKER)!.versions[1]!;
    const made = bindings.filter(({ name }) => MADE.includes(name));
    expect(made).toHaveLength(MADE.length);
    expect(company.shown).toEqual([Object.fromEntries(made.map(({ name, text }) => [name, text]))]);
  });
});
