import { describe, expect, it } from 'vitest';
import { setTimeout as wait } from 'node:timers/promises';
import type { BackendProcess } from '../server/backend-process.ts';
import { backends, QUICK, SLOW } from './backends.ts';

const server = backends();

interface Answer {
  id: string;
  /** undefined: no answer came. */
  status?: number;
  retryAfter?: string | null;
}

/** A client that asks again and again until nobody listens any more. */
async function askUntilTheEnd(backend: BackendProcess, client: number, answers: Answer[]): Promise<void> {
  for (let request = 0; ; request++) {
    const id = `${client}-${request}`;
    try {
      const response = await backend.infer(QUICK, { id });
      // Only a whole answer counts.
      await response.json();
      answers.push({ id, status: response.status, retryAfter: response.headers.get('retry-after') });
      if (response.status === 503) await wait(5);
    } catch {
      answers.push({ id });
      return;
    }
  }
}

describe('SIGTERM under load', () => {
  it('loses nothing that was accepted, and tells all others when to come again', async () => {
    // A small batch and a long queue: much waits when the signal comes.
    const backend = await server.start({ MAX_BATCH_SIZE: '2', MAX_QUEUE_SIZE: '1000' });
    const answers: Answer[] = [];
    const clients = Array.from({ length: 40 }, (_, client) => askUntilTheEnd(backend, client, answers));
    await backend.logged('inference', { status: 200, request_id: '0-3' });
    backend.signal('SIGTERM');
    expect(await backend.exited).toEqual({ code: 0 });
    await Promise.all(clients);

    expect((await backend.logged('draining'))['waiting']).toBeGreaterThan(0);
    const statuses = new Map(answers.map(({ id, status }) => [id, status]));
    const taken = backend.log.filter(({ event }) => event === 'inference');
    // Whatever the server says that it answered has reached its client, and it answered all that it took.
    for (const { request_id: id, status } of taken)
      expect([id, statuses.get(String(id))]).toEqual([id, status]);
    expect(taken.map(({ status }) => status)).not.toContain(500);
    const refused = answers.filter(({ status }) => status === 503);
    for (const { retryAfter } of refused) expect(retryAfter).toMatch(/^[1-9]\d*$/);
    expect(answers.every(({ status }) => status === undefined || status === 200 || status === 503)).toBe(
      true,
    );
    // Each client was let down once: when nobody listened any more.
    expect(answers.filter(({ status }) => status === undefined)).toHaveLength(40);
  });

  it('refuses what waits once the grace time is over, and answers what runs', async () => {
    const backend = await server.start({ MAX_BATCH_SIZE: '2', DRAIN_TIMEOUT_SECONDS: '0' });
    const running = backend.infer(SLOW, { id: 'running' });
    await backend.logged('run');
    const waiting = backend.infer(SLOW, { id: 'waiting' });
    while ((await backend.metrics()).get('tandem_num_requests_waiting{model_name="tiny"}') !== 1)
      await wait(5);
    backend.signal('SIGTERM');
    const refused = await waiting;
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect((await running).status).toBe(200);
    expect(await backend.exited).toEqual({ code: 0 });
  });
});
