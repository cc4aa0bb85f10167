import type { Backend } from '../backends/backend.ts';
import { attemptTimeoutMs, SHORTEST_ATTEMPT_MS } from '../backends/deadline.ts';
import { ApiError } from '../errors.ts';
import type { Candidate } from './candidate.ts';

interface FallbackOptions {
  /** The longest that a reply may take. */
  limitMs: number;
  /** Milliseconds since 1970. */
  now: () => number;
}

/**
 * The candidate's backends and, where those fail or are known to, the served model's: whoever talks with a candidate that
 * breaks is answered all the same. A candidate has half of the time, so that one that hangs leaves enough.
 */
export function withFallback(
  candidate: Candidate,
  served: Pick<Backend, 'generate'>,
  { limitMs, now }: FallbackOptions,
): Pick<Backend, 'generate'> {
  return {
    async generate(batch, call) {
      const startMs = now();
      if (!(await mayAnswer(candidate, startMs))) return served.generate(batch, call);
      const wholeMs = Math.min(limitMs, call.timeoutMs ?? Number.POSITIVE_INFINITY);
      try {
        const timeoutMs = attemptTimeoutMs(wholeMs, { mayRetry: true });
        return await candidate.backend.generate(batch, { ...call, timeoutMs });
      } catch (error) {
        const leftMs = wholeMs - (now() - startMs);
        if (call.signal.aborted || !(error instanceof ApiError) || leftMs < SHORTEST_ATTEMPT_MS) throw error;
        return served.generate(batch, { ...call, timeoutMs: leftMs });
      }
    },
  };
}

async function mayAnswer({ backend, standing }: Candidate, nowMs: number): Promise<boolean> {
  // One that says that it is ready may hang or fail all the same: once its time out is over it is tried again.
  const isOut = backend
    .inspect()
    .every(({ ejectedUntilMs }) => ejectedUntilMs !== null && ejectedUntilMs > nowMs);
  return !isOut && (await standing()).state === 'ready';
}
