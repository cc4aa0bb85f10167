import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isForCandidate } from '../../edge/models/model-choice.ts';
import { localCandidate } from '../../infra/local/candidate.ts';
import { type CompiledModel, servableModel } from '../../infra/local/compiled-model.ts';
import { type LocalEdge, startLocalEdge } from '../../infra/local/tandem.ts';
import { examineEdge } from '../../infra/doctor/edge.ts';
import { EMBEDDED_CHECKPOINT } from '../../infra/paths.ts';
import { BackendProcess, TOKEN } from '../gpu-backend/server/backend-process.ts';
import { freePort } from './free-port.ts';

/**
 * The real worker before two builds of the embedded model, first both in one backend, then each in one of its own. The edge
 * is started anew with other variables on the same state, as a deployment does.
 */
let stateDirectory: string;
let served: CompiledModel;
let candidate: ReturnType<typeof localCandidate>;
let both: BackendProcess;
let alone: BackendProcess;
let edge: LocalEdge;

interface Session {
  id: string;
  model: string;
}

async function request<Answer>(path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${edge.edgeUrl}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return (await response.json()) as Answer;
}

const create = () => request<Session>('/v1/sessions', {});
const say = ({ id }: Session) =>
  request<{ id: string; model: string; content: string }>(`/v1/sessions/${id}/messages`, {
    content: 'Hello! Do you have any pets?',
  });
const sessionOf = ({ id }: Session) => request<Session>(`/v1/sessions/${id}`);
const stateOfCandidate = async () =>
  (await request<{ candidate?: { state: string } }>('/healthz')).candidate?.state;

async function startEdge(variables: Record<string, string>): Promise<void> {
  const { url } = (await both.logged('listening')) as unknown as { url: string };
  edge = await startLocalEdge(
    {
      ...{ model: served, edgePort: await freePort(), verbose: false, stateDirectory },
      signal: new AbortController().signal,
      edgeVariables: variables,
    },
    { url, token: TOKEN },
  );
}

function startBackend(environment: Record<string, string>): BackendProcess {
  return new BackendProcess({ HOST: '127.0.0.1', BACKEND_TOKEN: TOKEN, ...environment });
}

/** Loads or unloads the candidate in the backend that has both. */
async function repository(verb: 'load' | 'unload'): Promise<void> {
  const response = await both.fetch(`/v2/repository/models/${candidate.name}/${verb}`, { method: 'POST' });
  expect(response.status).toBe(200);
}

async function untilReady(backend: BackendProcess): Promise<void> {
  while (!(await backend.fetch('/v2/health/ready')).ok)
    await new Promise((resolve) => setTimeout(resolve, 50));
}

beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'tandem-two-models-'));
  const places = { modelsDirectory: join(stateDirectory, 'models'), hubCache: join(stateDirectory, 'hub') };
  const build = (precision: 'fp32' | 'int8') =>
    servableModel(EMBEDDED_CHECKPOINT, { ...places, precision, log: () => {} });
  served = await build('fp32');
  candidate = localCandidate(await build('int8'), { beside: served, share: 0.5 });
  const { name, model } = candidate;
  both = startBackend({
    ...{ MODEL_DIR: served.directory, MODEL_NAME: served.manifest.name },
    MODELS: `${name}=${model.directory}`,
  });
  alone = startBackend({ MODEL_DIR: model.directory, MODEL_NAME: name });
  await Promise.all([both, alone].map(untilReady));
});

afterAll(async () => {
  await edge?.stop();
  for (const backend of [both, alone]) backend?.signal('SIGKILL');
  await rm(stateDirectory, { recursive: true, force: true });
});

// Each starts where the one before has ended.
describe('two models', () => {
  const sessions: Record<string, Session> = {};

  it('share new sessions, in one backend, and each answers in its own', async () => {
    await startEdge({ CANDIDATE_MODEL_NAME: candidate.name, CANDIDATE_SHARE: '0.5' });
    expect(candidate.name).toBe('tandem-mini-int8');
    const { data } = await request<{ data: { id: string }[] }>('/v1/models');
    expect(data.map(({ id }) => id)).toEqual([served.manifest.name, candidate.name]);
    while (Object.keys(sessions).length < 2) {
      const session = await create();
      expect(session.model).toBe(isForCandidate(session.id, 0.5) ? candidate.name : served.manifest.name);
      sessions[session.model] = session;
    }
    for (const [name, session] of Object.entries(sessions)) expect((await say(session)).model).toBe(name);
    // The backend itself says which it was asked for.
    const asked = both.log.filter(({ event }) => event === 'inference').map((line) => line['model']);
    expect(new Set(asked)).toEqual(new Set(Object.keys(sessions)));
  });

  it('go on where one of them is unloaded, and nobody sees it', async () => {
    await repository('unload');
    const session = sessions[candidate.name]!;
    const reply = await say(session);
    expect(reply).toMatchObject({ model: served.manifest.name, content: expect.stringMatching(/\w/) });
    expect((await sessionOf(session)).model).toBe(candidate.name);
    await expect.poll(stateOfCandidate, { timeout: 30_000, interval: 500 }).toBe('away');
    const made = await Promise.all(Array.from({ length: 10 }, create));
    expect(new Set(made.map(({ model }) => model))).toEqual(new Set([served.manifest.name]));
    const { findings } = await examineEdge({
      ...{ url: edge.edgeUrl, adminToken: undefined, isExpected: true, nowMs: Date.now() },
    });
    expect(findings.find(({ about }) => about === `candidate ${candidate.name}`)).toMatchObject({
      state: 'warning',
      found: 'gets no sessions, and is to have 50 % of new sessions. No backend that has it is ready.',
    });
    await edge.stop();
  });

  it('keep their sessions when the share goes and the candidate has backends of its own', async () => {
    const { url } = (await alone.logged('listening')) as unknown as { url: string };
    await startEdge({
      ...{ CANDIDATE_MODEL_NAME: candidate.name, CANDIDATE_SHARE: '0' },
      CANDIDATE_BACKENDS: JSON.stringify([{ name: 'alone', url }]),
    });
    const session = sessions[candidate.name]!;
    const reply = await say(session);
    expect(reply.model).toBe(candidate.name);
    expect((await create()).model).toBe(served.manifest.name);
    const rating = { rating: 'up', comment: 'Well said.' };
    await request(`/v1/sessions/${session.id}/messages/${reply.id}/feedback`, rating);
    const { messages } = await request<{ messages: object[] }>(`/v1/sessions/${session.id}/export`);
    expect(messages.at(-1)).toMatchObject({ model: candidate.name, feedback: rating });
    alone.signal('SIGKILL');
    await alone.exited;
    expect((await say(session)).model).toBe(served.manifest.name);
    await edge.stop();
  });

  it('go on with the candidate once it is promoted', async () => {
    await repository('load');
    await startEdge({ MODEL_NAME: candidate.name });
    for (const session of Object.values(sessions)) {
      expect((await say(session)).model).toBe(candidate.name);
      expect((await sessionOf(session)).model).toBe(candidate.name);
    }
    expect(await stateOfCandidate()).toBe(undefined);
  });
});
