import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { OPERATIONS } from '../../../edge/openapi/operations.ts';
import { json, sayBack } from '../test-app.ts';
import { createKey, holding, keyedApp } from '../test-keys.ts';

const BACKENDS = JSON.stringify([
  { name: 'a', url: 'https://a.example', weight: 2 },
  { url: 'https://b.example' },
]);
const answerSchema = (id: string) =>
  OPERATIONS.find((operation) => operation.id === id)!.answers[0]!.schema as z.ZodType;

/** An edge whose first backend fails while the test says so; the draw always falls on it first. */
async function edgeWithFaults() {
  const state = { isBroken: true };
  const clock = { nowMs: 1_800_000_000_000 };
  const good = sayBack('fine');
  const app = keyedApp({
    settings: { BACKENDS },
    random: () => 0,
    now: () => clock.nowMs,
    backend: (url, init) =>
      state.isBroken && url.startsWith('https://a.')
        ? Promise.resolve(new Response('', { status: 500 }))
        : good(url, init),
  });
  const { key } = await createKey(app);
  const body = { messages: [{ role: 'user', content: 'hello' }] };
  const complete = () => app.request('POST', '/v1/chat/completions', { body, headers: holding(key) });
  return { app, state, clock, complete };
}

describe('GET /admin/v1/backends', () => {
  it('tells what this isolate knows, and asks nobody', async () => {
    const { app } = await edgeWithFaults();
    const list = await json(app.adminRequest('GET', '/backends'));
    expect(answerSchema('listBackends').safeParse(list).error).toBeUndefined();
    expect(list.data.map(({ name, url, weight }: Record<string, unknown>) => [name, url, weight])).toEqual([
      ['a', 'https://a.example', 2],
      ['2', 'https://b.example', 1],
    ]);
    expect(list.data[0]).toMatchObject({ standing: 'ready', answered: 0, failed: 0, last_failure: null });
    expect(app.requests).toEqual([]);
  });

  it('tells which one is out, why and until when', async () => {
    const { app, clock, complete } = await edgeWithFaults();
    for (let i = 0; i < 3; i++) expect((await complete()).status).toBe(200);
    const { data } = await json(app.adminRequest('GET', '/backends'));
    expect(data).toMatchObject([
      {
        ...{ standing: 'ejected', answered: 0, failed: 3, failures_in_a_row: 3, ejections_in_a_row: 1 },
        ...{ ejected_until: clock.nowMs / 1_000 + 2, last_answer_at: null },
        last_failure: { at: clock.nowMs / 1_000, reason: 'broken' },
      },
      { standing: 'ready', answered: 3, failed: 0, last_answer_at: clock.nowMs / 1_000 },
    ]);
  });
});

describe('POST /admin/v1/backends/{name}/probe', () => {
  it('asks a backend now, and brings it back where it is ready', async () => {
    const { app, state, complete } = await edgeWithFaults();
    for (let i = 0; i < 3; i++) await complete();
    const probe = () => json(app.adminRequest('POST', '/backends/a/probe'));
    const standing = async () => (await json(app.adminRequest('GET', '/backends'))).data[0].standing;
    expect(await probe()).toMatchObject({ object: 'backend.probe', name: 'a', ready: false });
    expect(await standing()).toBe('ejected');
    state.isBroken = false;
    const probed = await probe();
    expect(probed).toMatchObject({ ready: true });
    expect(answerSchema('probeBackend').safeParse(probed).error).toBeUndefined();
    expect(await standing()).toBe('ready');
  });

  it('knows no other names', async () => {
    const { app } = await edgeWithFaults();
    const response = await app.adminRequest('POST', '/backends/c/probe');
    expect(response.status).toBe(404);
    expect((await json(response)).error.code).toBe('backend_not_found');
  });
});
