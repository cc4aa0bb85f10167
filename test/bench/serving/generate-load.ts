import { setTimeout as wait } from 'node:timers/promises';
import type { Send } from './inference-client.ts';
import type { Outcome } from './outcomes.ts';

// Node's timers are a millisecond coarse; what is nearer is waited for by giving way to the event loop.
const TIMER_MS = 2;

/**
 * Open loop: sends each request at its time, whatever became of earlier ones. Latency counts from that time, so a server
 * that stalls is charged for all who would have come meanwhile (no coordinated omission).
 * @param times milliseconds from the start, ascending
 */
export async function generateOpenLoop(send: Send, times: number[]): Promise<Outcome[]> {
  const startMs = performance.now();
  const running: Promise<Outcome>[] = [];
  for (const [index, intendedAtMs] of times.entries()) {
    await waitUntil(startMs + intendedAtMs);
    const sentAtMs = performance.now() - startMs;
    running.push(
      send(index).then(({ status }) => ({
        intendedAtMs,
        sentAtMs,
        endedAtMs: performance.now() - startMs,
        status,
      })),
    );
  }
  return Promise.all(running);
}

/** Closed loop: each client sends its next request once it has its answer, until the time is up. */
export async function generateClosedLoop(
  send: Send,
  { clients, seconds }: { clients: number; seconds: number },
): Promise<Outcome[]> {
  const startMs = performance.now();
  const outcomes: Outcome[] = [];
  let sent = 0;
  const client = async () => {
    for (;;) {
      const sentAtMs = performance.now() - startMs;
      if (sentAtMs >= 1000 * seconds) return;
      const { status } = await send(sent++);
      outcomes.push({ intendedAtMs: sentAtMs, sentAtMs, endedAtMs: performance.now() - startMs, status });
      if (status !== 200) await wait(REFUSED_PAUSE_MS);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return outcomes;
}

// A client that is refused does not ask again at once.
const REFUSED_PAUSE_MS = 100;

async function waitUntil(moment: number): Promise<void> {
  const left = moment - performance.now();
  if (left > TIMER_MS) await wait(left - TIMER_MS);
  while (performance.now() < moment) await new Promise((resolve) => setImmediate(resolve));
}
