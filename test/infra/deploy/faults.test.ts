import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeResources } from '../../../infra/deploy/resources.ts';
import { rollOut } from '../../../infra/deploy/roll-out.ts';
import { Uploader } from '../../../infra/deploy/uploader.ts';
import { watch } from '../../../infra/deploy/watch.ts';
import { type RunWrangler, runWrangler } from '../../../infra/deploy/wrangler.ts';
import { ACCOUNT, Cloudflare, TOKEN } from './cloudflare.ts';
import { DeployedEdge } from './deployed-edge.ts';

const WORKER = 'tandem-staging';

let folder: string;
let cloudflare: Cloudflare;
let edge: DeployedEdge;
let wrangler: RunWrangler;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-faults-'));
  cloudflare = new Cloudflare();
  edge = new DeployedEdge(cloudflare);
  await cloudflare.listen();
  await edge.listen(WORKER);
  const variables = {
    ...process.env,
    CLOUDFLARE_API_BASE_URL: cloudflare.url,
    CLOUDFLARE_API_TOKEN: TOKEN,
    CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
  };
  wrangler = (args) => runWrangler(args, variables);
});
afterEach(async () => {
  cloudflare.close();
  edge.close();
  await rm(folder, { recursive: true });
});

/** Rolls the second version out by the real wrangler. */
async function roll() {
  cloudflare.seed(WORKER, 'newest', { count: 2 });
  const config = join(folder, 'wrangler.json');
  await writeFile(config, JSON.stringify({ name: WORKER, compatibility_date: '2026-10-20' }));
  const uploader = new Uploader({ config, folder, wrangler });
  const [stable, next] = cloudflare.workers.get(WORKER)!.versions.map(({ id }) => id) as [string, string];
  const stage = { versionId: next, watchMs: 50, patienceMs: 2_000 };
  const watched = { address: edge.url, worker: WORKER, adminToken: undefined };
  return rollOut(
    { stable, next },
    {
      setTraffic: (traffic) => uploader.setTraffic(traffic),
      watch: () => watch(watched, stage, { now: Date.now, wait: pause }),
      tell: () => {},
    },
  );
}

describe('where Cloudflare or a version fails', () => {
  it('a version that is not well is taken back before anybody has met it', async () => {
    edge.unwell.add(2);
    expect(await roll()).toEqual({ kind: 'rolled back', why: '/healthz: answered 500, It threw.' });
    expect(cloudflare.history(WORKER)).toEqual(['1@100', '2@0 1@100', '1@100']);
  });

  it('all requests go back to the version from before where a step in the middle fails', async () => {
    // With 500 wrangler would try it again, and again after some seconds.
    const message = 'The Worker version is not deployable';
    cloudflare.faults = [{ on: /deployments .*"percentage":10\b/, status: 400, code: 10_208, message }];
    const outcome = await roll();
    expect(outcome).toMatchObject({ kind: 'rolled back', why: expect.stringContaining(message) });
    expect(cloudflare.history(WORKER)).toEqual(['1@100', '2@0 1@100', '1@100']);
  });

  it('a token without a permission is told which it needs, and what was made before stays', async () => {
    const message = 'Authentication error';
    cloudflare.faults = [{ on: /^POST .*\/queues /, status: 403, code: 10_000, message }];
    const told: string[] = [];
    const making = makeResources(
      { namespaces: [`${WORKER}-keys`], queues: [`${WORKER}-inbound`] },
      { wrangler, tell: (line) => told.push(line) },
    );
    await expect(making).rejects.toThrow(/queues create: .*Authentication error.*Queues, each to edit/);
    expect([...cloudflare.namespaces.keys()]).toEqual([`${WORKER}-keys`]);
    expect(told).toEqual([`KV namespace ${WORKER}-keys is made.`]);
  });
});
