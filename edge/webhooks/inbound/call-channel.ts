import { readText } from '../../response-text.ts';
import type { ChannelAnswer, ChannelCall, Outcome } from '../channels/channel.ts';
import { checkDestination } from '../outbound/destination.ts';
import { readRetryAfter } from '../retry-after.ts';

export const CALL_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 8_192;

interface Means {
  fetch: typeof globalThis.fetch;
  /** Milliseconds since 1970. */
  now: () => number;
  readAnswer: (answer: ChannelAnswer) => Outcome;
  /** In development mode: this machine may be asked. */
  allowLoopback: boolean;
}

/**
 * Makes a call to a channel's API, and says what came of it: a call without an answer is to be made again. Redirects are not
 * followed: the call may hold a token.
 */
export async function deliver(
  { method, url, headers, body }: ChannelCall,
  { fetch, now, readAnswer, allowLoopback }: Means,
): Promise<Outcome> {
  // Once more: what the owner set may have been let through by another mode.
  const destination = checkDestination(url, { allowLoopback });
  if (!destination.allowed) return { outcome: 'refused', reason: 'not a public address' };
  try {
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const response = await fetch(url, { method, headers, body, redirect: 'manual', signal });
    const { status, headers: told } = response;
    const retryAfterSeconds = readRetryAfter(told.get('retry-after'), now());
    const { text } = await readText(response, MAX_ANSWER_BYTES);
    return readAnswer({ status, headers: told, retryAfterSeconds, body: text });
  } catch (error) {
    // Never the error itself: it may quote an address with a token in it.
    const isTimeout = error instanceof Error && error.name === 'TimeoutError';
    const reason = isTimeout
      ? `no answer within ${CALL_TIMEOUT_MS / 1_000} seconds`
      : 'no connection, or it broke';
    return { outcome: 'again', afterSeconds: null, reason };
  }
}
