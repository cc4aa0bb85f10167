import { describe, expect, it, vi } from 'vitest';
import { inputIds, tensor } from '../protocol/inference-requests.ts';
import { backends, QUICK, SLOW } from './backends.ts';

const server = backends();
const LONG_ENOUGH = { timeout: 60_000, interval: 20 };

describe('a worker that is killed while the model runs', () => {
  it('costs time and nothing else: its requests are answered as if nothing had happened', async () => {
    const backend = await server.start();
    const undisturbed = await (await backend.infer(SLOW)).json();
    const answer = backend.infer(SLOW);
    await vi.waitFor(
      () => expect(backend.log.filter(({ event }) => event === 'run')).toHaveLength(2),
      LONG_ENOUGH,
    );
    process.kill(backend.workers[0]!, 'SIGKILL');
    const response = await answer;
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(undisturbed);
    expect(await backend.logged('run lost')).toMatchObject({ level: 'warn', requests: 1 });
  });

  it('while many ask leaves each with its own answer, or told when to come again', async () => {
    const backend = await server.start({ MAX_BATCH_SIZE: '4' });
    const prompts = Array.from({ length: 12 }, (_, index) => 20 + index);
    const ask = async (token: number) => {
      const response = await backend.infer([
        inputIds([[token, 2]]),
        tensor('max_length', [64]),
        tensor('min_length', [64]),
      ]);
      return {
        status: response.status,
        retryAfter: response.headers.get('retry-after'),
        body: await response.json(),
      };
    };
    const alone = await Promise.all(prompts.map(ask));
    expect(alone.every(({ status }) => status === 200)).toBe(true);
    const crowd = prompts.map(ask);
    await vi.waitFor(
      () => expect(backend.log.filter(({ event }) => event === 'run').length).toBeGreaterThan(3),
      LONG_ENOUGH,
    );
    process.kill(backend.workers[0]!, 'SIGKILL');
    for (const [index, answer] of (await Promise.all(crowd)).entries()) {
      if (answer.status === 200) expect(answer.body).toEqual(alone[index]!.body);
      else expect([answer.status, Number(answer.retryAfter) >= 1]).toEqual([503, true]);
    }
    await vi.waitFor(async () => expect((await backend.infer(QUICK)).status).toBe(200), LONG_ENOUGH);
  });
});
