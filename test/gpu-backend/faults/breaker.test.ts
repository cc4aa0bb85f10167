import { describe, expect, it, vi } from 'vitest';
import { backends, QUICK } from './backends.ts';

const server = backends();
const LONG_ENOUGH = { timeout: 60_000, interval: 50 };

describe('a worker that is killed again and again', () => {
  it('makes the backend say so where readiness is asked, in its metrics and its log, and stay up', async () => {
    const backend = await server.start();
    for (let death = 1; death <= 4; death++) {
      await vi.waitFor(() => expect(backend.workers).toHaveLength(1), LONG_ENOUGH);
      process.kill(backend.workers[0]!, 'SIGKILL');
      const stops = () => backend.log.filter(({ event }) => event === 'worker stopped');
      await vi.waitFor(() => expect(stops()).toHaveLength(death), LONG_ENOUGH);
    }
    expect(await backend.logged('worker stopped', { breaker: 'open' })).toMatchObject({ level: 'error' });
    const ready = await backend.fetch('/v2/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.headers.get('retry-after')).toBe('30');
    const { error } = (await ready.json()) as { error: string };
    expect(error).toMatch(/again and again.*SIGKILL/);
    expect((await backend.infer(QUICK)).status).toBe(503);
    expect((await backend.fetch('/v2/health/live')).status).toBe(200);
    const metrics = await backend.metrics();
    expect(metrics.get('tandem_model_ready{model_name="tiny"}')).toBe(0);
    expect(metrics.get('tandem_worker_restarts_total{model_name="tiny",device="cpu"}')).toBe(4);
    expect(metrics.get('tandem_request_rejected_total{model_name="tiny",reason="not_ready"}')).toBe(1);
  });
});
