import { describe, expect, it, vi } from 'vitest';
import { inputIds, tensor } from '../protocol/inference-requests.ts';
import { backends, QUICK, SLOW } from './backends.ts';

const server = backends();
const LONG_ENOUGH = { timeout: 60_000, interval: 20 };

/** The tokens of an answer. Its scores are not the same to the last digit in another batch. */
function tokensOf(body: unknown): number[] | undefined {
  const { outputs = [] } = body as { outputs?: { name: string; data: number[] }[] };
  return outputs.find(({ name }) => name === 'sequences')?.data;
}

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
        tokens: tokensOf(await response.json()),
      };
    };
    const alone = await Promise.all(prompts.map(ask));
    expect(alone.every(({ status, tokens }) => status === 200 && tokens!.length > 0)).toBe(true);
    const crowd = prompts.map(ask);
    await vi.waitFor(
      () => expect(backend.log.filter(({ event }) => event === 'run').length).toBeGreaterThan(3),
      LONG_ENOUGH,
    );
    process.kill(backend.workers[0]!, 'SIGKILL');
    for (const [index, answer] of (await Promise.all(crowd)).entries()) {
      if (answer.status === 200) expect(answer.tokens).toEqual(alone[index]!.tokens);
      else expect([answer.status, Number(answer.retryAfter) >= 1]).toEqual([503, true]);
    }
    await vi.waitFor(async () => expect((await backend.infer(QUICK)).status).toBe(200), LONG_ENOUGH);
  });
});
