import { appendFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GENERATION_INPUTS, GENERATION_OUTPUTS } from '../../../shared/generation-tensors.ts';
import { buildModel } from '../../../gpu-backend/compiler/build-model.ts';
import { examineBackend, tensorDifference } from '../../../infra/doctor/backend.ts';
import { examineEdge } from '../../../infra/doctor/edge.ts';
import { examineGpu } from '../../../infra/doctor/gpu.ts';
import { examineModels } from '../../../infra/doctor/models.ts';
import { examinePort } from '../../../infra/doctor/ports.ts';
import { examineProgram } from '../../../infra/doctor/program.ts';
import { freePort } from '../../end-to-end/free-port.ts';

const CHECKPOINT = fileURLToPath(
  new URL('../../reference/checkpoints/blenderbot-safetensors', import.meta.url),
);

/** What a server says at each path: a status and a body as JSON, or a text. */
type Answers = Record<string, [status: number, body: unknown]>;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(answers: Answers): Promise<string> {
  const server = createServer((request, response) => {
    const [status, body] = answers[request.url!] ?? [404, { error: 'not here' }];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const MODEL = { inputs: GENERATION_INPUTS, outputs: GENERATION_OUTPUTS };
const BACKEND: Answers = {
  '/v2': [200, { name: 'tandem', version: '1' }],
  '/v2/health/ready': [200, {}],
  '/v2/models/bot': [200, MODEL],
};

describe('a backend', () => {
  const examine = async (answers: Answers) =>
    examineBackend({ url: await serve(answers), token: 'a', model: 'bot', isExpected: true });

  it('is well where it is ready and its model takes what the edge sends', async () => {
    expect((await examine(BACKEND)).map(({ state }) => state)).toEqual(['ok', 'ok']);
  });

  it.each<[Answers, RegExp, RegExp]>([
    [{ '/v2': [401, {}] }, /refuses the token/, /BACKEND_TOKEN/],
    [{ '/v2': [200, '<html>'] }, /does not speak the Open Inference Protocol/, /Something else listens/],
    [
      { '/v2/health/ready': [503, { error: 'The breaker is open.' }] },
      /not ready: The breaker is open/,
      /log/,
    ],
    [{ '/v2/models/bot': [404, { error: 'unknown' }] }, /is not served/, /MODEL_NAME/],
    [
      { '/v2/models/bot': [200, { ...MODEL, inputs: GENERATION_INPUTS.slice(1) }] },
      /has no input "input_ids"/,
      /build the model again/,
    ],
  ])('that answers %j has a problem', async (answers, found, advice) => {
    const problems = (await examine({ ...BACKEND, ...answers })).filter(({ state }) => state === 'problem');
    expect(problems).toEqual([
      expect.objectContaining({
        found: expect.stringMatching(found),
        advice: expect.stringMatching(advice),
      }),
    ]);
  });

  const asBatch = GENERATION_INPUTS.map((one) => (one.shape[1] === 1 ? { ...one, shape: [-1] } : one));
  const newer = [...GENERATION_INPUTS, { name: 'typical_p', datatype: 'FP32', shape: [-1, 1] }];
  it.each([
    ['with parameters as [batch]', 'triton', asBatch, 'warning'],
    ['that takes more and needs no more', 'tandem-gpu-backend', newer, 'warning'],
    ['that needs more', 'triton', newer, 'problem'],
  ])('of another version, %s at %s, is a warning or a problem', async (_, name, inputs, state) => {
    const answers: Answers = {
      '/v2': [200, { name, version: '1' }],
      '/v2/models/bot': [200, { ...MODEL, inputs }],
    };
    expect((await examine({ ...BACKEND, ...answers })).at(-1)).toMatchObject({ state });
  });

  it('that is away is a problem only where it is expected', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const question = { url, token: undefined, model: undefined };
    expect(await examineBackend({ ...question, isExpected: false })).toMatchObject([{ state: 'skipped' }]);
    expect(await examineBackend({ ...question, isExpected: true })).toMatchObject([
      { state: 'problem', found: 'does not answer: ECONNREFUSED' },
    ]);
  });

  it('takes tensors of the same names, types and dimensions, of whatever size', () => {
    const asTriton = GENERATION_INPUTS.map((one) => ({ ...one, shape: one.shape.map(() => -1) }));
    expect(tensorDifference({ ...MODEL, inputs: asTriton.toReversed() })).toBe(undefined);
    const scalar = GENERATION_INPUTS.map((one) => (one.name === 'top_k' ? { ...one, shape: [-1] } : one));
    expect(tensorDifference({ ...MODEL, inputs: scalar })).toBe(
      'has the input "top_k" as INT64 [-1], not INT64 [-1,1]',
    );
    const more = [...GENERATION_INPUTS, { name: 'typical_p', datatype: 'FP32', shape: [-1, 1] }];
    expect(tensorDifference({ ...MODEL, inputs: more })).toMatch(/wants the input "typical_p"/);
  });
});

const NOW = 1_800_000_000_000;
const HEALTH = { status: 'ok', version: '1', model: 'bot', backends: [{ name: 'one', ready: true }] };
const DIAGNOSTICS = {
  time_ms: NOW,
  development_mode: false,
  secrets: { SESSION_TOKEN_SECRET: true, SEALING_SECRET: true, BACKEND_TOKEN: true },
  stores: [{ name: 'SESSIONS', kind: 'kv', ok: true, ms: 1, error: null }],
};

describe('an edge', () => {
  const examine = async (answers: Answers) =>
    examineEdge({ url: await serve(answers), adminToken: 'a', isExpected: true, nowMs: NOW });
  const edge = (health: object, diagnostics: object): Answers => ({
    '/healthz': [200, { ...HEALTH, ...health }],
    '/admin/v1/diagnostics': [200, { ...DIAGNOSTICS, ...diagnostics }],
  });

  it('is well where its backends, stores, secrets and clock are', async () => {
    const { findings, model } = await examine(edge({}, {}));
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(model).toBe('bot');
  });

  it.each<[string, Answers, string, RegExp]>([
    ['a backend is away', edge({ backends: [{ name: 'one', ready: false }] }, {}), 'problem', /^not ready$/],
    ['its clock is ahead', edge({}, { time_ms: NOW + 61_000 }), 'problem', /61 s behind/],
    ['its clock is behind', edge({}, { time_ms: NOW - 61_000 }), 'problem', /61 s ahead/],
    [
      'a store is away',
      edge({}, { stores: [{ name: 'KEYS', kind: 'kv', ok: false, ms: 9, error: 'KV is down' }] }),
      'problem',
      /KV is down/,
    ],
    [
      'a secret is missing',
      edge({}, { secrets: { ...DIAGNOSTICS.secrets, SEALING_SECRET: false } }),
      'warning',
      /no integration/,
    ],
    [
      'the admin token is wrong',
      { ...edge({}, {}), '/admin/v1/diagnostics': [401, {}] },
      'problem',
      /answered 401/,
    ],
    ['something else listens', { '/healthz': [200, '<html>'] }, 'problem', /no edge of Tandem/],
  ])('tells that %s', async (_, answers, state, found) => {
    const { findings } = await examine(answers);
    expect(findings.filter((finding) => finding.state !== 'ok')).toEqual([
      expect.objectContaining({
        state,
        found: expect.stringMatching(found),
        advice: expect.stringMatching(/\S/),
      }),
    ]);
  });

  it('in development mode needs no secrets', async () => {
    const { findings } = await examine(edge({}, { development_mode: true, secrets: {} }));
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([]);
  });

  it('is asked for no stores without the admin token', async () => {
    const url = await serve({ '/healthz': [200, HEALTH] });
    const { findings } = await examineEdge({
      url,
      adminToken: undefined,
      isExpected: true,
      nowMs: Date.now(),
    });
    expect(findings.map(({ state }) => state)).toEqual(['ok', 'ok', 'skipped', 'ok']);
  });
});

describe('a compiled model', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tandem-doctor-'));
    await buildModel({ checkpoint: CHECKPOINT, out: join(folder, 'models', 'bot'), precision: 'fp32' });
  });
  afterAll(() => rm(folder, { recursive: true }));

  const examine = async (name: string | undefined, models = 'models') =>
    examineModels(name, { modelsDirectory: join(folder, models), hubCache: join(folder, 'hub') });

  it('is well where every file is what its build wrote', async () => {
    expect(await examine(undefined)).toMatchObject([
      { state: 'ok', found: expect.stringContaining('is whole') },
    ]);
  });

  it.each<[string, (model: string) => Promise<void>, RegExp]>([
    [
      'changed',
      (model) => appendFile(join(model, 'config.json'), ' '),
      /config\.json is not what its build wrote/,
    ],
    ['gone', (model) => rm(join(model, 'model.onnx.data')), /model\.onnx\.data cannot be read/],
  ])('is told of where a file is %s', async (what, damage, found) => {
    const model = join(folder, what);
    await cp(join(folder, 'models', 'bot'), model, { recursive: true });
    await damage(model);
    expect(await examine(model, 'none')).toEqual([
      expect.objectContaining({ state: 'problem', found: expect.stringMatching(found) }),
    ]);
  });

  it('of another version is a warning, and a name that means nothing a problem', async () => {
    const model = join(folder, 'old', 'bot');
    await cp(join(folder, 'models', 'bot'), model, { recursive: true });
    await writeFile(join(model, 'manifest.json'), '{"manifestVersion": 1, "files": {}}');
    expect((await examine(undefined, 'old')).map(({ state }) => state)).toContain('warning');
    expect(await examine('nothing', 'none')).toMatchObject([{ state: 'problem' }]);
  });
});

describe('this machine', () => {
  it('has what Tandem needs, or these tests would not run', async () => {
    const findings = await examineProgram({ home: tmpdir() });
    expect(findings.map(({ about }) => about)).toEqual(['Node', 'ONNX Runtime', 'workerd', 'disk']);
    expect(findings.slice(0, 3).map(({ state }) => state)).toEqual(['ok', 'ok', 'ok']);
  });

  it('is told to get a newer Node, and a folder that can be written', async () => {
    const [node, , , disk] = await examineProgram({ home: '/dev/null/tandem', node: '20.20.0' });
    expect(node).toMatchObject({ state: 'problem', advice: expect.stringContaining('22.18') });
    expect(disk).toMatchObject({ state: 'problem', advice: expect.stringContaining('TANDEM_HOME') });
  });

  it('has a port free, taken by a tier or by another program', async () => {
    const port = (url: string) => Number(new URL(url).port);
    expect(await examinePort('EDGE_PORT', await freePort(), '/healthz')).toMatchObject({ found: 'free' });
    const edge = await serve({ '/healthz': [503, HEALTH] });
    expect(await examinePort('EDGE_PORT', port(edge), '/healthz')).toMatchObject({ state: 'ok' });
    const other = await serve({});
    expect(await examinePort('EDGE_PORT', port(other), '/healthz')).toMatchObject({
      state: 'problem',
      advice: 'Choose another: EDGE_PORT=… npm start',
    });
  });

  it('needs no GPU unless one is wanted', async () => {
    const states = async (isWanted: boolean) => (await examineGpu(isWanted)).map(({ state }) => state);
    expect(await states(false)).not.toContain('problem');
    // With a GPU here, npm's package still lacks the provider; without one there is none to find.
    expect(await states(true)).toContain('problem');
  });
});
