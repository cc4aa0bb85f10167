import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { KeyObject } from '../../../edge/keys/key-object.ts';
import { sessionsIn } from '../../../edge/session/sessions.ts';
import { ownFigures } from '../figures/own-figures.ts';
import { json, type TestAppOptions } from '../test-app.ts';
import { ADMIN_TOKEN, createKey, holding, keyedApp } from '../test-keys.ts';

const METRICS_TOKEN = 'a-metrics-token-for-tests-long-enough';

/** An edge that reports at once to an object of its own. */
function watchedApp({ dependencies, ...options }: TestAppOptions = {}) {
  const figures = ownFigures();
  const app = keyedApp({
    ...options,
    settings: { METRICS_TOKEN, ...options.settings },
    dependencies: { ...figures.dependencies, ...dependencies },
  });
  const metrics = async (token = METRICS_TOKEN) => {
    await Promise.all([figures.reported(), ...app.background]);
    return app.request('GET', '/metrics', { headers: holding(token) });
  };
  return { app, metrics };
}

describe('GET /metrics', () => {
  it('tells Prometheus what was asked and how backends did, and no word of anybody', async () => {
    const { app, metrics } = watchedApp({
      settings: { BACKENDS: '[{"url":"http://a","name":"a"}]' },
      backend: async (url) => {
        if (url.endsWith('/ready')) return new Response(null);
        throw new Error('refused');
      },
    });
    const { key } = await createKey(app);
    const body = { messages: [{ role: 'user', content: 'my secret' }] };
    for (let i = 0; i < 4; i++)
      await app.request('POST', '/v1/chat/completions', { body, headers: holding(key) });
    const response = await metrics();
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const text = await response.text();
    for (const line of [
      'tandem_edge_requests_total{method="POST",route="/v1/chat/completions",status="503"} 4',
      'tandem_edge_replies_total{model="tandem-mini",outcome="backend_unavailable"} 4',
      'tandem_edge_backend_attempts_total{backend="a",outcome="unreachable"} 4',
      'tandem_edge_backend_ejections_total{backend="a"} 1',
      'tandem_edge_backend_ready{model="tandem-mini",backend="a"} 1',
      'tandem_edge_backend_ejected{model="tandem-mini",backend="a"} 1',
      'tandem_edge_inbound_queue_messages 0',
      'tandem_edge_inbound_queue_age_seconds 0',
    ])
      expect(text.split('\n')).toContain(line);
    expect(text).not.toContain('secret');
  });

  it('tells of a candidate’s own backends, also where the first model’s are away', async () => {
    const { metrics } = watchedApp({
      settings: {
        BACKENDS: '[{"url":"http://a","name":"a"}]',
        CANDIDATE_MODEL_NAME: 'next',
        CANDIDATE_SHARE: '0.2',
        CANDIDATE_BACKENDS: '[{"url":"http://b"}]',
      },
      backend: async (url) =>
        new Response(null, { status: url === 'http://b/v2/models/next/ready' ? 200 : 503 }),
    });
    const lines = (await (await metrics()).text()).split('\n');
    expect(lines.filter((line) => line.startsWith('tandem_edge_backend_ready'))).toEqual([
      'tandem_edge_backend_ready{model="tandem-mini",backend="a"} 0',
      'tandem_edge_backend_ready{model="next",backend="candidate-1"} 1',
    ]);
    expect(lines).toContain('tandem_edge_candidate_share{model="next"} 0.2');
  });

  it('tells of requests that went on while the objects of keys and sessions were away', async () => {
    const away = () => Promise.reject(new Error('Durable Object is overloaded'));
    const { app, metrics } = watchedApp({
      dependencies: {
        keyObject: (id) => {
          const real = env.API_KEYS.getByName(id);
          const create: KeyObject['create'] = (record) => real.create(record);
          return { create, reserve: away } as unknown as KeyObject;
        },
        sessions: sessionsIn(() => {
          throw new Error('the object is on fire');
        }),
      },
    });
    const { key } = await createKey(app, { limits: { requests: { limit: 10, window_seconds: 60 } } });
    const body = { content: 'hi', messages: [{ role: 'user', content: 'hello' }] };
    const path = '/v1/sessions/sess_AAAAAAAAAAAAAAAAAAAAAA/messages';
    const reply = await json(app.request('POST', path, { body, headers: holding(key) }));
    expect(reply).toMatchObject({ stored: false });
    const lines = (await (await metrics()).text()).split('\n');
    expect(lines).toContain('tandem_edge_uncounted_requests_total 1');
    expect(lines).toContain('tandem_edge_unstored_replies_total 1');
  });

  it('is opened by its own token and by the admin’s, and its own opens nothing else', async () => {
    const { app, metrics } = watchedApp();
    expect((await metrics()).status).toBe(200);
    expect((await metrics(ADMIN_TOKEN)).status).toBe(200);
    for (const token of ['', 'wrong', `${METRICS_TOKEN}x`]) expect((await metrics(token)).status).toBe(401);
    for (const path of ['/admin/v1/figures', '/admin/v1/keys', '/v1/models'])
      expect((await app.request('GET', path, { headers: holding(METRICS_TOKEN) })).status).toBe(401);
  });

  it('is not there where neither token is', async () => {
    const { metrics } = watchedApp({ settings: { ADMIN_TOKEN: '', METRICS_TOKEN: '' } });
    expect((await metrics()).status).toBe(404);
  });

  it('goes without the queue where that does not answer, and not without the counts', async () => {
    const away = () => Promise.reject(new Error('overloaded'));
    const { metrics } = watchedApp({ dependencies: { inboundQueue: { metrics: away } } });
    const text = await (await metrics()).text();
    expect(text).toContain('\ntandem_edge_tokens_total 0\n');
    expect(text).not.toMatch(/^tandem_edge_inbound_queue/m);
    const object = { total: away };
    const { metrics: none } = watchedApp({ dependencies: { figuresObject: () => object as never } });
    const response = await none();
    expect(response.status).toBe(503);
    expect((await json(response)).error.code).toBe('figures_unavailable');
  });
});
