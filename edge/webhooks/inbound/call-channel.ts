import type { ChannelAnswer, ChannelCall, Outcome } from '../channels/channel.ts';

export const CALL_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 8_192;

/**
 * Makes a call to a channel's API. Redirects are not followed: the call may hold a token.
 * @throws {Error} where no answer came in time
 */
export async function callChannel(
  { method, url, headers, body }: ChannelCall,
  { fetch, timeoutMs = CALL_TIMEOUT_MS }: { fetch: typeof globalThis.fetch; timeoutMs?: number },
): Promise<ChannelAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await fetch(url, { method, headers, body, redirect: 'manual', signal });
  return { status: response.status, headers: response.headers, body: await beginning(response) };
}

/** As `callChannel`, and what its answer means: a call without one is to be made again. */
export async function deliver(
  call: ChannelCall,
  { fetch, readAnswer }: { fetch: typeof globalThis.fetch; readAnswer: (answer: ChannelAnswer) => Outcome },
): Promise<Outcome> {
  try {
    return readAnswer(await callChannel(call, { fetch }));
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
