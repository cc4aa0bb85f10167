import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { dataPoint } from '../../../edge/observability/data-point.ts';
import { RequestFigures } from '../../../edge/observability/request-figures.ts';
import { readTraceparent, traceId } from '../../../edge/observability/traceparent.ts';
import { type BackendFetch, json, sayBack, testApp } from '../test-app.ts';

const body = { messages: [{ role: 'user', content: 'hello' }] };
const good = sayBack('fine');
const timed: BackendFetch = async (url, init) => {
  const response = await good(url, init);
  response.headers.set('server-timing', 'queue;dur=3, inference;dur=41');
  return response;
};
const backend = { backend: 'a', attempts: 1, totalMs: 50, queueMs: 3, inferenceMs: 41 };

describe('server-timing', () => {
  it('tells where the time of a reply went', async () => {
    const response = await testApp({ backend: timed }).request('POST', '/v1/chat/completions', { body });
    const header = response.headers.get('server-timing')!;
    expect(header.split(',').map((metric) => metric.trim().split(';')[0])).toEqual([
      ...['tokenize', 'backend', 'queue', 'inference', 'total'],
    ]);
    expect(header).toContain('queue;dur=3.0');
    expect(header).toContain('inference;dur=41.0');
    expect(response.headers.get('access-control-expose-headers')).toContain('server-timing');
    expect(response.headers.get('timing-allow-origin')).toBe('*');
  });

  it('tells what the session took, in a session', async () => {
    const app = testApp({ backend: timed });
    const { id } = await json(app.request('POST', '/v1/sessions'));
    const response = await app.request('POST', `/v1/sessions/${id}/messages`, { body: { content: 'hi' } });
    const header = response.headers.get('server-timing')!;
    for (const stage of ['tokenize', 'session', 'backend', 'queue', 'inference', 'total']) {
      expect(header).toMatch(new RegExp(`(^|,)${stage};dur=`));
    }
  });

  it('has no times that a backend does not tell, and the total of a refusal', async () => {
    const reply = await testApp().request('POST', '/v1/chat/completions', { body });
    expect(reply.headers.get('server-timing')).not.toMatch(/queue|inference/);
    const refusal = await testApp().request('POST', '/v1/chat/completions', { body: {} });
    expect(refusal.headers.get('server-timing')).toMatch(/^total;dur=[\d.]+;desc="[^"]+"$/);
  });
});

describe('the log entry of a reply', () => {
  it('has the figures, the trace and no text', async () => {
    const app = testApp({ backend: timed });
    const id = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${id}-b7ad6b7169203331-01` };
    await app.request('POST', '/v1/chat/completions', { body, headers });
    expect(app.log).toEqual([
      {
        event: 'request',
        request_id: expect.any(String),
        trace_id: id,
        method: 'POST',
        route: '/v1/chat/completions',
        status: 200,
        ms: expect.any(Number),
        tokenize_ms: expect.any(Number),
        model: 'tandem-mini',
        backend: '1',
        attempts: 1,
        backend_ms: expect.any(Number),
        queue_ms: 3,
        inference_ms: 41,
      },
    ]);
  });
});

describe('the data point of a request', () => {
  const asked = { route: '/v1/x', method: 'POST', status: 200, code: null, keyId: null, ms: 60 };
  const request = { ...asked, versionId: 'v7' };

  it('has a place for each figure', () => {
    const figures = new RequestFigures();
    figures.observe({ backend, safety: { message: false, replies: 2 }, tokens: 46 });
    expect(dataPoint({ ...request, keyId: 'key_1' }, figures)).toEqual({
      indexes: ['key_1'],
      blobs: ['/v1/x', 'POST', '200', '', 'a', 'reply', '', '', '', 'v7'],
      doubles: [60, 50, 3, 41, 1, 2, 46],
    });
  });

  it('tells which model spoke in whose place, and how a reply was rated', () => {
    const replied = new RequestFigures();
    replied.observe({ reply: { model: 'old', meant: 'new', ms: 60, flagged: false } });
    expect(dataPoint(request, replied).blobs!.slice(6, 9)).toEqual(['old', 'new', '']);
    const rated = new RequestFigures();
    rated.observe({ feedback: { model: 'new', rating: 'up', before: null } });
    expect(dataPoint(request, rated).blobs!.slice(6, 9)).toEqual(['new', '', 'up']);
  });

  it('is written for each request, with the version that answers and without what people wrote', async () => {
    const app = testApp({ dependencies: { versionId: 'v8' } });
    await app.request('POST', '/v1/chat/completions', { body });
    await app.request('GET', '/nothing');
    expect(app.points.map(({ blobs }) => blobs![2])).toEqual(['200', '404']);
    expect(app.points.map(({ blobs }) => blobs![9])).toEqual(['v8', 'v8']);
    expect(JSON.stringify(app.points)).not.toContain('hello');
  });

  it('is one that the runtime takes', async () => {
    const point = dataPoint(request, new RequestFigures());
    expect(env.METRICS).toBeDefined();
    expect(() => env.METRICS!.writeDataPoint(point)).not.toThrow();
  });
});

describe('the figures of a request with several calls', () => {
  it('are the slowest call’s and all attempts', () => {
    const figures = new RequestFigures();
    figures.observe({ backend });
    figures.observe({ backend: { ...backend, backend: 'b', attempts: 2, totalMs: 70 } });
    figures.observe({ backend: { ...backend, backend: 'c', totalMs: 10 } });
    expect(figures.backend).toMatchObject({ backend: 'b', attempts: 4, totalMs: 70 });
  });
});

describe('a traceparent', () => {
  it('is one as W3C has it, or none', () => {
    const id = '0af7651916cd43dd8448eb211c80319c';
    const header = `00-${id}-b7ad6b7169203331-01`;
    expect([readTraceparent(header), traceId(header)]).toEqual([header, id]);
    const later = `01${header.slice(2)}-more`;
    expect([readTraceparent(later), traceId(later)]).toEqual([later, id]);
    // The last two a backend's HTTP would refuse, and the edge have to call it a failure of the backend.
    const unfit = [`${later}\u007f`, `${later}${'x'.repeat(16_384)}`];
    for (const wrong of [undefined, '', 'x', `${header}-more`, `ff${header.slice(2)}`, ...unfit]) {
      expect([readTraceparent(wrong), traceId(wrong)]).toEqual([null, null]);
    }
  });
});
