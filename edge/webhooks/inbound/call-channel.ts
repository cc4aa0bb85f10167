import type { ChannelAnswer, ChannelCall, Outcome } from '../channels/channel.ts';
import { checkDestination } from '../outbound/destination.ts';

export const CALL_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 8_192;

interface Means {
  fetch: typeof globalThis.fetch;
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
  { fetch, readAnswer, allowLoopback }: Means,
): Promise<Outcome> {
  // Once more: what the owner set may have been let through by another mode.
  const destination = checkDestination(url, { allowLoopback });
  if (!destination.allowed) return { outcome: 'refused', reason: 'not a public address' };
  try {
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const response = await fetch(url, { method, headers, body, redirect: 'manual', signal });
    const { status, headers: told } = response;
    return readAnswer({ status, headers: told, body: await beginning(response) });
  } catch (error) {
    // Never the whole error: it may quote an address with a token in it.
    return { outcome: 'again', afterSeconds: null, reason: error instanceof Error ? error.name : 'Error' };
  }
}

async function beginning({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk.subarray(0, MAX_ANSWER_BYTES - size), { stream: true });
    size += chunk.byteLength;
    if (size >= MAX_ANSWER_BYTES) break;
  }
  return text;
}
