import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readMetrics } from '../metrics/read-metrics.ts';
import { inputIds, tensor } from '../protocol/inference-requests.ts';
import { buildReferenceModel } from '../runtime/reference-model.ts';
import { startCollector } from '../tracing/trace-collector.ts';
import { BackendProcess, TOKEN } from './backend-process.ts';

let model: Awaited<ReturnType<typeof buildReferenceModel>>;
beforeAll(async () => {
  model = await buildReferenceModel();
});
afterAll(() => model.remove());

const processes: BackendProcess[] = [];
async function start(environment: Record<string, string> = {}): Promise<BackendProcess> {
  const started = new BackendProcess({ MODEL_DIR: model.directory, BACKEND_TOKEN: TOKEN, ...environment });
  processes.push(started);
  await started.logged('ready');
  return started;
}
afterEach(async () => {
  for (const started of processes) started.signal('SIGKILL');
  await Promise.all(processes.splice(0).map(({ exited }) => exited));
});

const SHORT = [inputIds([[20, 21, 2]]), tensor('max_length', [4]), tensor('min_length', [4])];
const TINY = 'model_name="tiny"';

describe('/metrics', () => {
  it('tells what the backend did, behind the token', async () => {
    const backend = await start();
    await backend.infer(SHORT);
    await backend.infer([]);
    const response = await backend.fetch('/metrics');
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const metrics = readMetrics(await response.text());
    expect(metrics.get(`tandem_prompt_tokens_total{${TINY}}`)).toBe(3);
    expect(metrics.get(`tandem_generation_tokens_total{${TINY}}`)).toBe(3);
    expect(metrics.get(`tandem_request_success_total{${TINY},finished_reason="length"}`)).toBe(1);
    expect(metrics.get(`tandem_request_rejected_total{${TINY},reason="invalid_request"}`)).toBe(1);
    expect(metrics.get(`tandem_request_inference_time_seconds_count{${TINY}}`)).toBe(1);
    expect(metrics.get(`tandem_num_requests_running{${TINY}}`)).toBe(0);
    expect(metrics.get(`tandem_model_ready{${TINY}}`)).toBe(1);
    expect(metrics.get('process_open_fds')).toBeGreaterThan(3);
    expect((await backend.fetch('/metrics', { headers: { authorization: '' } })).status).toBe(401);
  });

  it('is on a port of its own with health where it is told one, without a token, and nothing else is', async () => {
    const backend = await start({ METRICS_PORT: '0' });
    const { url } = await backend.logged('listening for metrics');
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('tandem_model_info{model_name="tiny"');
    expect((await fetch(`${url}/v2/health/ready`)).status).toBe(200);
    expect((await fetch(`${url}/v2/models/tiny`)).status).toBe(404);
    expect((await backend.fetch('/metrics')).status).toBe(404);
  });
});

describe('traces', () => {
  const TRACE = '0af7651916cd43dd8448eb211c80319c';
  const CLIENT_SPAN = 'b7ad6b7169203331';
  const body = JSON.stringify({ id: 'a', inputs: SHORT });
  const infer = (backend: BackendProcess, traceparent?: string) =>
    backend.fetch('/v2/models/tiny/infer', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...(traceparent && { traceparent }) },
    });

  it("continue the client's, with a span for the request, its wait and its run, all sent before the end", async () => {
    const collector = await startCollector();
    const backend = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=k',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    });
    await infer(backend, `00-${TRACE}-${CLIENT_SPAN}-01`);
    backend.signal('SIGTERM');
    expect(await backend.exited).toEqual({ code: 0 });

    expect(collector.requests[0]).toMatchObject({ path: '/v1/traces', headers: { 'x-collector-key': 'k' } });
    expect(collector.requests[0]!.body.resourceSpans[0]!.resource.attributes).toEqual(
      expect.arrayContaining([
        { key: 'service.name', value: { stringValue: 'tandem-gpu-backend' } },
        { key: 'deployment.environment.name', value: { stringValue: 'test' } },
      ]),
    );
    const spans = new Map(collector.spans.map((span) => [span.name, span]));
    expect([...spans.keys()].toSorted()).toEqual(['POST /v2/models/{model}/infer', 'queue', 'run']);
    const request = spans.get('POST /v2/models/{model}/infer')!;
    expect(request).toMatchObject({ traceId: TRACE, parentSpanId: CLIENT_SPAN, kind: 2 });
    expect(request.attributes).toEqual(
      expect.arrayContaining([
        { key: 'http.response.status_code', value: { intValue: 200 } },
        { key: 'tandem.model_name', value: { stringValue: 'tiny' } },
        { key: 'tandem.request_id', value: { stringValue: 'a' } },
      ]),
    );
    const [queue, run] = [spans.get('queue')!, spans.get('run')!];
    for (const span of [queue, run])
      expect(span).toMatchObject({ traceId: TRACE, parentSpanId: request.spanId });
    const times = [
      request.startTimeUnixNano,
      queue.startTimeUnixNano,
      queue.endTimeUnixNano,
      run.startTimeUnixNano,
    ];
    const inOrder = [...times, run.endTimeUnixNano, request.endTimeUnixNano].map(BigInt);
    expect(inOrder).toEqual(inOrder.toSorted((one, other) => Number(one - other)));
    expect(JSON.stringify(collector.spans)).not.toMatch(/input_ids|s3cret/);
    collector.stop();
  });

  it('begin where the client has none, and are left out where the client keeps none', async () => {
    const collector = await startCollector();
    const backend = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    await infer(backend, `00-${TRACE}-${CLIENT_SPAN}-00`);
    await infer(backend);
    await infer(backend, 'nonsense');
    backend.signal('SIGTERM');
    await backend.exited;
    expect(collector.spans).toHaveLength(6);
    expect(collector.spans.filter(({ traceId }) => traceId === TRACE)).toEqual([]);
    collector.stop();
  });

  it('are lost, and told of, where nobody takes them: requests and the end do not wait', async () => {
    const collector = await startCollector();
    collector.stop();
    const backend = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '10',
    });
    for (let request = 0; request < 3; request++) expect((await infer(backend)).status).toBe(200);
    await backend.logged('traces lost', { level: 'warn' });
    backend.signal('SIGTERM');
    expect(await backend.exited).toEqual({ code: 0 });
    expect(backend.log.filter(({ event }) => event === 'traces lost')).toHaveLength(1);
  });

  it.each([
    ['no endpoint', {}],
    ['another exporter', { OTEL_TRACES_EXPORTER: 'none' }],
    ['it turned off', { OTEL_SDK_DISABLED: 'true' }],
  ])('are not made with %s', async (why, environment) => {
    const collector = await startCollector();
    const endpoint = why === 'no endpoint' ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const backend = await start({ ...endpoint, ...environment });
    await infer(backend);
    backend.signal('SIGTERM');
    await backend.exited;
    expect(collector.requests).toEqual([]);
    collector.stop();
  });
});
