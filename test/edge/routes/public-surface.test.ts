import { describe, expect, it } from 'vitest';
import { version } from '../../../package.json';
import { json, testApp } from '../test-app.ts';

describe('GET /v1/models', () => {
  const model = { id: 'tandem-mini', object: 'model', created: 0, owned_by: 'tandem', max_model_len: 72 };

  it('lists the served model', async () => {
    expect(await json(testApp().request('GET', '/v1/models'))).toEqual({ object: 'list', data: [model] });
  });

  it('may be asked with a slash at the end', async () => {
    expect((await testApp().request('GET', '/v1/models/')).status).toBe(200);
    expect((await testApp().request('GET', '/v1/models/tandem-mini/')).status).toBe(200);
    expect((await testApp().request('POST', '/v1/sessions/')).status).toBe(201);
  });

  it('shows one model', async () => {
    expect(await json(testApp().request('GET', '/v1/models/tandem-mini'))).toEqual(model);
    const unknown = await testApp().request('GET', '/v1/models/other');
    expect(unknown.status).toBe(404);
    expect((await json(unknown)).error.code).toBe('model_not_found');
  });
});

describe('GET /healthz', () => {
  it('is 200 where the backend is ready', async () => {
    const response = await testApp().request('GET', '/healthz');
    expect(response.status).toBe(200);
    expect(await json(response)).toEqual({
      status: 'ok',
      version,
      version_id: expect.stringMatching(/./),
      model: 'tandem-mini',
      backends: [{ name: '1', ready: true, standing: 'ready', weight: 1, in_flight: 0, waiting: null }],
    });
  });

  it.each([
    ['is away', () => Promise.reject(new Error('refused'))],
    ['is not ready', async () => new Response(null, { status: 503 })],
  ])('is 503 where the backend %s', async (_, backend) => {
    const response = await testApp({ backend }).request('GET', '/healthz');
    expect(response.status).toBe(503);
    expect(await json(response)).toMatchObject({ status: 'degraded', backends: [{ ready: false }] });
  });
});

describe('GET /healthz, asked again and again', () => {
  it('asks the backend once a second at most, and then anew', async () => {
    let nowMs = 1_000_000;
    const answers: (200 | 503)[] = [];
    const backend = async (url: string) => {
      // What its model takes is asked where it is ready, and told by nobody here.
      if (!url.endsWith('/ready')) return new Response(null, { status: 404 });
      answers.push(answers.length === 0 ? 503 : 200);
      return new Response(null, { status: answers.at(-1)! });
    };
    const app = testApp({ backend, now: () => nowMs });
    const ask = async () => (await app.request('GET', '/healthz')).status;
    expect([await ask(), await ask()]).toEqual([503, 503]);
    expect(answers).toEqual([503]);
    nowMs += 1_000;
    expect(await Promise.all([ask(), ask()])).toEqual([200, 503]);
    expect(await ask()).toBe(200);
    expect(answers).toEqual([503, 200]);
  });
});
