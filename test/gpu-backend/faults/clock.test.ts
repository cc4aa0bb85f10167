import { describe, expect, it } from 'vitest';
import { backends, QUICK, SLOW } from './backends.ts';

const server = backends();
const DAY_SECONDS = 86_400;

describe('a calendar that jumps by days', () => {
  it('changes neither deadlines nor delays nor what is measured', async () => {
    const preload = new URL('./jumping-clock.mjs', import.meta.url).href;
    const backend = await server.start({
      NODE_OPTIONS: `--import=${preload}`,
      MAX_BATCH_SIZE: '2',
      REQUEST_TIMEOUT_SECONDS: '5',
    });
    const slow = backend.infer(SLOW);
    await backend.logged('run', { rows: 2 });
    const [patient, hasty] = await Promise.all([
      backend.infer(QUICK, { timeoutMs: 60_000 }),
      backend.infer(QUICK, { timeoutMs: 1 }),
    ]);
    expect([patient.status, hasty.status, (await slow).status]).toEqual([200, 504, 200]);

    // That it jumped at all.
    const times = backend.log.map(({ time }) => Date.parse(String(time)));
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan((DAY_SECONDS * 1000) / 2);
    const metrics = await backend.metrics();
    for (const stage of ['e2e_request_latency', 'request_queue_time', 'request_inference_time']) {
      const sum = metrics.get(`tandem_${stage}_seconds_sum{model_name="tiny"}`);
      expect(sum, stage).toBeGreaterThanOrEqual(0);
      expect(sum, stage).toBeLessThan(DAY_SECONDS / 2);
    }
  });
});
