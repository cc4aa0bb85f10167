import type { Outcome } from './delivery.ts';
import { readRetryAfter } from '../retry-after.ts';

export interface AttemptRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

interface Means {
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds since 1970. */
  now: () => number;
}

const TIMEOUT_MS = 15_000;
/** Of the answer, for whoever looks why it was refused. */
const MAX_RESPONSE_BYTES = 1_024;
/** An answer that trickles is not waited for: its status has said all. */
const RESPONSE_TIMEOUT_MS = 1_000;

/** Asks an address once. It follows no redirect, reads little of the answer, and never throws: what happened is the outcome. */
export async function attempt(
  { url, headers, body }: AttemptRequest,
  { fetch, now }: Means,
): Promise<Outcome> {
  const at = now();
  const outcome = (what: Pick<Outcome, 'status' | 'error' | 'response' | 'retryAfterSeconds'>): Outcome => ({
    ...what,
    at,
    ms: now() - at,
  });
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    const retryAfterSeconds = readRetryAfter(answer.headers.get('retry-after'), now());
    const response = await readBeginning(answer.body);
    return outcome({ status: answer.status, error: null, response, retryAfterSeconds });
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === 'TimeoutError';
    return outcome({
      status: null,
      error: isTimeout ? `No answer within ${TIMEOUT_MS / 1_000} seconds.` : 'No connection, or it broke.',
      response: '',
      retryAfterSeconds: null,
    });
  }
}

async function readBeginning(body: ReadableStream<Uint8Array> | null): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const timeout = AbortSignal.timeout(RESPONSE_TIMEOUT_MS);
  timeout.addEventListener('abort', () => void reader.cancel().catch(() => {}));
  let text = '';
  let bytes = 0;
  try {
    while (bytes < MAX_RESPONSE_BYTES) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      const part = value.subarray(0, MAX_RESPONSE_BYTES - bytes);
      bytes += part.length;
      text += decoder.decode(part, { stream: true });
    }
  } catch {
    // What came until then is enough.
  }
  void reader.cancel().catch(() => {});
  return text;
}
