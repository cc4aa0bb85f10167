import { setTimeout as wait } from 'node:timers/promises';
import type { Outcome } from './outcomes.ts';

/** Sends one request of a load and says how it was answered: its status, 0 where no answer came. It does not throw. */
export type Send = (index: number) => Promise<{ status: number }>;

// Node's timers are a millisecond coarse; what is nearer is waited for by giving way to the event loop.
const TIMER_MS = 2;

/**
 * Open loop: sends each request at its time, whatever became of earlier ones. Latency counts from that time, so a server
 * that stalls is charged for all who would have come meanwhile (no coordinated omission).
 * @param times milliseconds from the start, ascending
 * @param signal ends it early: what has no answer then is left out
 */
export async function generateOpenLoop(
  send: Send,
  times: number[],
  signal?: AbortSignal,
): Promise<Outcome[]> {
  const startMs = performance.now();
  const running: Promise<Outcome | undefined>[] = [];
  for (const [index, intendedAtMs] of times.entries()) {
    await waitUntil(startMs + intendedAtMs, signal);
    if (signal?.aborted) break;
    const sentAtMs = performance.now() - startMs;
    const outcome = send(index).then(({ status }) => {
      const endedAtMs = performance.now() - startMs;
      return signal?.aborted ? undefined : { intendedAtMs, sentAtMs, endedAtMs, status };
    });
    running.push(outcome);
  }
  const outcomes = await Promise.all(running);
  return outcomes.filter((outcome) => outcome !== undefined);
}

/**
 * Closed loop: each client sends its next request once it has its answer, until the time is up.
 * @param options with `signal`, which ends it early: what has no answer then is left out
 */
export async function generateClosedLoop(
  send: Send,
  { clients, seconds, signal }: { clients: number; seconds: number; signal?: AbortSignal },
): Promise<Outcome[]> {
  const startMs = performance.now();
  const outcomes: Outcome[] = [];
  let sent = 0;
  const client = async () => {
    for (;;) {
      const sentAtMs = performance.now() - startMs;
      if (sentAtMs >= 1000 * seconds) return;
      const { status } = await send(sent++);
      if (signal?.aborted) return;
      outcomes.push({ intendedAtMs: sentAtMs, sentAtMs, endedAtMs: performance.now() - startMs, status });
      if (status !== 200) await pause(REFUSED_PAUSE_MS, signal);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return outcomes;
}

// A client that is refused does not ask again at once.
const REFUSED_PAUSE_MS = 100;

async function waitUntil(moment: number, signal: AbortSignal | undefined): Promise<void> {
  const left = moment - performance.now();
  if (left > TIMER_MS) await pause(left - TIMER_MS, signal);
  while (performance.now() < moment && !signal?.aborted)
    await new Promise((resolve) => setImmediate(resolve));
}

/** Ends early, and without a word, where the signal does. */
function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return wait(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => {});
}
