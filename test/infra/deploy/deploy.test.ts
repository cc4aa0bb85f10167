import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../infra/deploy/environment.ts';
import { makeCertificate } from '../../gpu-backend/http/certificates.ts';
import { startCli } from '../cli.ts';
import { ACCOUNT, Cloudflare, TOKEN } from './cloudflare.ts';
import { DeployedEdge } from './deployed-edge.ts';

const WORKER = 'tandem-staging';
const BACKEND_TOKEN = 'the-backends-token';
const newestMigration = (await readEnvironment('staging', {})).migrations.at(-1)!.tag;

let home: string;
let authorityFile: string;
let backend: Server;
let cloudflare: Cloudflare;
let edge: DeployedEdge;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tandem-deploy-'));
  const authority = makeCertificate('the authority');
  authorityFile = join(home, 'authority.pem');
  await writeFile(authorityFile, authority.cert);
  const { cert, key } = makeCertificate('127.0.0.1', authority);
  backend = createServer({ cert, key }, (_request, response) => response.writeHead(401).end());
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  backend.close();
  await rm(home, { recursive: true });
});
beforeEach(async () => {
  cloudflare = new Cloudflare();
  edge = new DeployedEdge(cloudflare);
  await cloudflare.listen();
  await edge.listen(WORKER);
});
afterEach(() => {
  cloudflare.close();
  edge.close();
});

function start(args: string[], environment: Record<string, string> = {}) {
  return startCli(['deploy', ...args], {
    environment: {
      CLOUDFLARE_API_BASE_URL: cloudflare.url,
      CLOUDFLARE_API_TOKEN: TOKEN,
      CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
      NODE_EXTRA_CA_CERTS: authorityFile,
      TANDEM_HOME: home,
      ...environment,
    },
  });
}

async function deploy(args: string[] = [], environment?: Record<string, string>) {
  const { code, stdout, stderr } = await start(DEPLOY(args), environment).result;
  return { code, stderr, report: stdout === '' ? null : JSON.parse(stdout) };
}

const DEPLOY = (args: string[]) => {
  const url = `https://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  const settings = ['--env', 'staging', '--watch', '0.2', '--url', edge.url, '--backend', url];
  return [...settings, '--yes', '--json', ...args];
};

// wrangler takes most of a second for each call where the machine is quiet, and a dozen calls deploy a worker. What it is refused with 500
// it asks for again after some seconds, so faults here have other statuses.
describe('tandem deploy', { timeout: 300_000 }, () => {
  it('makes what is missing and deploys a worker that was never there at once', async () => {
    const secretsFile = join(home, 'staging.env');
    await writeFile(secretsFile, `BACKEND_TOKEN=${BACKEND_TOKEN}\n`, { mode: 0o600 });
    cloudflare.seedStores(WORKER, { stores: ['sessions'], queues: ['inbound-dead'] });
    const { code, report, stderr } = await deploy(['--secrets', secretsFile]);
    expect(report).toMatchObject({
      result: 'deployed',
      plan: { worker: WORKER, address: edge.url, way: { because: 'first' } },
    });
    expect(code).toBe(0);

    expect([...cloudflare.namespaces.keys()]).toEqual([`${WORKER}-sessions`, `${WORKER}-keys`]);
    expect(cloudflare.queues).toMatchObject([
      { queue_name: `${WORKER}-inbound-dead`, consumers: [] },
      {
        queue_name: `${WORKER}-inbound`,
        consumers: [{ script: WORKER, dead_letter_queue: `${WORKER}-inbound-dead` }],
      },
    ]);
    expect(cloudflare.history(WORKER)).toEqual(['1@100']);
    const [version] = cloudflare.workers.get(WORKER)!.versions;
    const binding = (name: string) => version!.bindings.find((one) => one.name === name);
    expect(binding('KEYS')).toMatchObject({ namespace_id: cloudflare.namespaces.get(`${WORKER}-keys`) });
    expect(binding('BACKEND_TOKEN')).toMatchObject({ type: 'secret_text', text: BACKEND_TOKEN });

    // Who made the secrets learns them here and nowhere else.
    const made = await readFile(secretsFile, 'utf8');
    const adminToken = String(binding('ADMIN_TOKEN')!['text']);
    expect(adminToken).toMatch(/^[0-9a-f]{64}$/);
    expect(made).toContain(`ADMIN_TOKEN=${adminToken}\n`);
    expect((await stat(secretsFile)).mode & 0o777).toBe(0o600);
    expect(stderr + JSON.stringify(report)).not.toContain(adminToken);
    expect(stderr + JSON.stringify(report)).not.toContain(BACKEND_TOKEN);
    expect([...edge.adminTokens]).toEqual([`Bearer ${adminToken}`]);
  });

  it('tells of a version that answers although not all that belongs to it could be set', async () => {
    const secrets = ['ADMIN_TOKEN', 'SESSION_TOKEN_SECRET', 'SEALING_SECRET'];
    const given = Object.fromEntries(secrets.map((name) => [name, 'x'.repeat(32)]));
    cloudflare.seedStores(WORKER);
    const message = 'Queue not found';
    cloudflare.faults = [{ on: /^POST .*\/consumers /, status: 404, code: 11_000, message }];
    const { code, report, stderr } = await deploy([], { BACKEND_TOKEN, ...given });
    const [version] = cloudflare.workers.get(WORKER)!.versions;
    expect(report).toMatchObject({
      result: 'stuck',
      why: expect.stringContaining(message),
      version_id: version!.id,
      traffic: [{ version_id: version!.id, percentage: 100 }],
    });
    expect(stderr).toContain(`answered by: version ${version!.id} (100 %)`);
    expect(code).toBe(4);
  });

  it('gives a new version that is well more and more of all requests', async () => {
    cloudflare.seed(WORKER, newestMigration);
    const { code, report } = await deploy();
    expect(report).toMatchObject({ result: 'deployed', traffic: [{ percentage: 100 }] });
    expect(code).toBe(0);
    expect(cloudflare.history(WORKER)).toEqual(['1@100', '2@0 1@100', '2@10 1@90', '2@50 1@50', '2@100']);
    expect(cloudflare.secrets(WORKER)).toHaveLength(4);
    expect(cloudflare.queues[0]!.consumers).toHaveLength(1);
  });

  it('changes nothing where a secret is missing that nobody can be asked for', async () => {
    const { code, report } = await deploy([]);
    expect(code).toBe(1);
    expect(report.result).toBe('refused');
    expect(report.why).toMatch(
      /secret BACKEND_TOKEN: is missing.*ADMIN_TOKEN, SESSION_TOKEN_SECRET, SEALING_SECRET: are missing/,
    );
    expect(cloudflare.changes).toEqual([]);
  });

  it('fails before it asks for anything where the secrets’ file would have no folder', async () => {
    cloudflare.close();
    const { code, report } = await deploy(['--secrets', join(home, 'nowhere', 'staging.env')]);
    expect(report).toMatchObject({ result: 'failed', why: expect.stringContaining('there is no folder') });
    expect(code).toBe(1);
  });

  it('says how things are when it is interrupted, and can be rolled back then', async () => {
    cloudflare.seed(WORKER, newestMigration);
    const { child, result } = start(DEPLOY([]));
    cloudflare.onDeployment = (shares) => {
      if (shares === '2@10 1@90') child.kill('SIGINT');
    };
    const { code, stdout, stderr } = await result;
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({
      result: 'interrupted',
      traffic: [{ percentage: 10 }, { percentage: 90 }],
    });
    expect(stderr).toMatch(/answered by: version \S+ \(10 %\), version \S+ \(90 %\)/);
    expect(stderr).toContain('tandem deploy rollback --env staging');

    const rollback = await start(['rollback', '--env', 'staging', '--yes']).result;
    expect(rollback.code, rollback.stderr).toBe(0);
    expect(cloudflare.history(WORKER).at(-1)).toBe('1@100');
  });
});
