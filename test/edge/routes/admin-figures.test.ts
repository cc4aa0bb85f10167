import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { OPERATIONS } from '../../../edge/openapi/operations.ts';
import { ownFigures } from '../figures/own-figures.ts';
import { json } from '../test-app.ts';
import { createKey, holding, keyedApp } from '../test-keys.ts';

/** An edge that reports at once to an object of its own. */
function watchedApp() {
  const figures = ownFigures();
  const app = keyedApp({ dependencies: figures.dependencies });
  const read = async () => {
    await Promise.all([figures.reported(), ...app.background]);
    return json(app.adminRequest('GET', '/figures'));
  };
  return { app, read };
}

describe('GET /admin/v1/figures', () => {
  it('tells what was asked, by route and status, and what it cost', async () => {
    const { app, read } = watchedApp();
    const { key } = await createKey(app);
    const headers = holding(key);
    const body = { messages: [{ role: 'user', content: 'hello' }] };
    const { usage } = await json(app.request('POST', '/v1/chat/completions', { body, headers }));
    await app.request('POST', '/v1/chat/completions', { body: {}, headers });
    await app.request('POST', '/v1/chat/completions', { body });
    const { id } = await json(app.request('POST', '/v1/sessions', { headers }));
    for (let i = 0; i < 3; i++) await app.request('GET', `/v1/sessions/${id}`, { headers });
    await app.adminRequest('GET', '/keys');
    await app.request('GET', '/healthz');

    const figures = await read();
    const { answers } = OPERATIONS.find((operation) => operation.id === 'readFigures')!;
    expect((answers[0]!.schema as z.ZodType).safeParse(figures).error).toBeUndefined();
    expect(figures.total).toMatchObject({
      ...{ requests: 7, client_errors: 2, server_errors: 0 },
      tokens: usage.total_tokens,
    });
    const named = figures.routes.map(({ method, route, statuses }: Record<string, string>) => [
      `${method} ${route}`,
      statuses,
    ]);
    expect(Object.fromEntries(named)).toEqual({
      'POST /v1/chat/completions': { 200: 1, 400: 1, 401: 1 },
      'POST /v1/sessions': { 201: 1 },
      'GET /v1/sessions/:id': { 200: 3 },
    });
    expect(figures.minutes).toHaveLength(60);
    expect(JSON.stringify(figures)).not.toContain(id);
  });

  it('counts the requests of many at once, each once', async () => {
    const { app, read } = watchedApp();
    const { key } = await createKey(app);
    const ask = () => app.request('GET', '/v1/models', { headers: holding(key) });
    await Promise.all(Array.from({ length: 100 }, ask));
    expect((await read()).total).toMatchObject({ requests: 100, client_errors: 0 });
  });

  it('says that it is away where its object is', async () => {
    const away = { read: () => Promise.reject(new Error('overloaded')), report: async () => {} };
    const app = keyedApp({ dependencies: { figuresObject: () => away as never } });
    const response = await app.adminRequest('GET', '/figures');
    expect(response.status).toBe(503);
    expect((await json(response)).error.code).toBe('figures_unavailable');
  });
});
