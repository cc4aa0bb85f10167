import { mkdtemp, rename, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GRAPH_FILE } from '../../../gpu-backend/compiler/manifest.ts';
import { repositoryIndexSchema } from '../../../shared/inference-protocol.ts';
import { inputIds, requestOf, tensor } from '../protocol/inference-requests.ts';
import { buildReferenceModel } from '../runtime/reference-model.ts';
import { BackendProcess } from './backend-process.ts';

let model: Awaited<ReturnType<typeof buildReferenceModel>>;
let aside: string;
let backend: BackendProcess;
beforeEach(async () => {
  model = await buildReferenceModel();
  aside = join(await mkdtemp(join(tmpdir(), 'tandem-aside-')), 'tiny');
  backend = new BackendProcess({ MODEL_DIR: model.directory }, ['--model', `second=${model.directory}`]);
  await backend.logged('ready');
});
afterEach(async () => {
  backend.signal('SIGKILL');
  await backend.exited;
  await model.remove();
  await rm(dirname(aside), { recursive: true, force: true });
});

async function post(path: string, body?: unknown) {
  const response = await backend.fetch(path, {
    method: 'POST',
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  });
  return { status: response.status, body: await response.json() };
}

async function states(request?: { ready: boolean }) {
  const index = repositoryIndexSchema.parse((await post('/v2/repository/index', request)).body);
  return Object.fromEntries(index.map(({ name, state, reason }) => [name, `${state} ${reason}`.trim()]));
}

const request = requestOf([inputIds([[20, 2]]), tensor('max_length', [4])]);
const infer = (name: string) => post(`/v2/models/${name}/infer`, request);
const control = (name: string, verb: 'load' | 'unload', body?: unknown) =>
  post(`/v2/repository/models/${name}/${verb}`, body);
const ready = async () => (await backend.fetch('/v2/health/ready')).status;

describe('the repository of a running backend', () => {
  it('loads and unloads one model beside another that goes on answering', async () => {
    expect(await states()).toEqual({ tiny: 'READY', second: 'READY' });
    expect(await control('second', 'unload', { parameters: { unload_dependents: false } })).toEqual({
      status: 200,
      body: {},
    });
    expect(await states()).toEqual({ tiny: 'READY', second: 'UNAVAILABLE The model is not loaded.' });
    expect(await states({ ready: true })).toEqual({ tiny: 'READY' });
    expect((await infer('second')).status).toBe(503);
    expect((await infer('tiny')).status).toBe(200);
    expect((await backend.fetch('/v2/models/second/ready')).status).toBe(503);
    expect(await ready()).toBe(200);
    expect((await control('second', 'load', {})).status).toBe(200);
    expect((await infer('second')).status).toBe(200);
  });

  it('says why a model whose folder is gone cannot be loaded, and loads it once the folder is back', async () => {
    await control('tiny', 'unload');
    await rename(model.directory, aside);
    const refused = await control('tiny', 'load');
    expect(refused).toEqual({
      status: 500,
      body: { error: expect.stringMatching(/^The model "tiny" could not be loaded: .*holds no compiled/) },
    });
    expect((await states())['tiny']).toMatch(/^UNAVAILABLE The model could not be loaded\. .*holds no comp/);
    expect(await infer('tiny')).toMatchObject({
      status: 503,
      body: { error: expect.stringMatching(/holds/) },
    });
    expect(await ready()).toBe(503);
    expect((await infer('second')).status).toBe(200);
    await rename(aside, model.directory);
    expect((await control('tiny', 'load')).status).toBe(200);
    expect((await infer('tiny')).status).toBe(200);
    expect(await ready()).toBe(200);
  });

  it('goes on answering from memory while the folder is gone, also when it is told to load', async () => {
    await rename(model.directory, aside);
    expect((await control('tiny', 'load')).status).toBe(500);
    expect((await infer('tiny')).status).toBe(200);
    expect((await states())['tiny']).toBe('READY');
    await rename(aside, model.directory);
  });

  it('takes up a newer build while requests go on, and loses none of them', async () => {
    const beams = requestOf([inputIds([[20, 2]]), tensor('num_beams', [2]), tensor('max_length', [8])], {
      outputs: [{ name: 'scores' }],
    });
    const ask = () => post('/v2/models/tiny/infer', beams);
    const before = await ask();
    const newer = await buildReferenceModel('int8');
    await rename(model.directory, aside);
    await rename(newer.directory, model.directory);
    await newer.remove();
    expect(await ask()).toEqual(before);

    let isLoading = true;
    const loaded = control('tiny', 'load').finally(() => {
      isLoading = false;
    });
    const meanwhile: Awaited<ReturnType<typeof ask>>[] = [];
    while (isLoading) meanwhile.push(await ask());
    expect((await loaded).status).toBe(200);
    const after = await ask();
    expect(after.status).toBe(200);
    expect(after).not.toEqual(before);
    for (const answer of meanwhile) expect([before, after]).toContainEqual(answer);
    expect(meanwhile).toContainEqual(before);
    expect(backend.workers).toHaveLength(2);
  });

  it('survives a graph that the disk holds only half of', async () => {
    await control('tiny', 'unload');
    await truncate(join(model.directory, GRAPH_FILE), 1000);
    expect((await control('tiny', 'load')).status).toBe(500);
    expect((await infer('tiny')).status).toBe(503);
    expect((await infer('second')).status).toBe(200);
  });

  it('opens a model once for two loads at once', async () => {
    await control('tiny', 'unload');
    const loads = await Promise.all([control('tiny', 'load'), control('tiny', 'load')]);
    expect(loads.map(({ status }) => status)).toEqual([200, 200]);
    expect((await infer('tiny')).status).toBe(200);
  });

  it('answers what it has accepted before it unloads', async () => {
    const slow = requestOf([
      inputIds([[7, 2]]),
      tensor('num_beams', [32]),
      tensor('min_length', [128]),
      tensor('max_length', [128]),
    ]);
    const running = post('/v2/models/tiny/infer', slow);
    await backend.logged('run', { model: 'tiny' });
    const waiting = infer('tiny');
    const unloaded = control('tiny', 'unload');
    expect((await running).status).toBe(200);
    // It came before the unload or after it.
    expect([200, 503]).toContain((await waiting).status);
    expect((await unloaded).status).toBe(200);
    expect((await infer('tiny')).status).toBe(503);
  });

  it('refuses what it cannot do in a sentence', async () => {
    const load = '/v2/repository/models/tiny/load';
    const REFUSALS: [string, unknown, number, string][] = [
      ['/v2/repository/models/other/load', undefined, 404, 'Unknown model "other"'],
      [load, { parameters: { config: '{}' } }, 400, 'parameters: Unknown field "config".'],
      ['/v2/repository/index', { ready: 'yes' }, 400, 'ready: '],
      ['/v2/repository/index', [], 400, 'The body: '],
    ];
    for (const [path, body, status, message] of REFUSALS) {
      expect(await post(path, body)).toEqual({ status, body: { error: expect.stringContaining(message) } });
    }
  });
});
