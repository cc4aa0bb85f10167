import * as z from 'zod';
import { ApiError } from '../errors.ts';

export interface TurnstileSettings {
  secret: string;
  /** Cloudflare's siteverify, or what stands in for it. */
  url: string;
}

/** Makes sure that a person is there, by the token that Turnstile's widget gave their browser. */
export type CheckPerson = (token: string, address: string | undefined) => Promise<void>;

const TIMEOUT_MS = 5_000;
const RETRY_AFTER_SECONDS = 5;
const answerSchema = z.object({ success: z.boolean() });

/** @throws {ApiError} turnstile_failed, turnstile_unavailable */
export function createTurnstile(
  { secret, url }: TurnstileSettings,
  fetch: typeof globalThis.fetch,
): CheckPerson {
  return async (token, address) => {
    if (!(await verify(token, address))) throw new ApiError('turnstile_failed');
  };

  async function verify(token: string, address: string | undefined): Promise<boolean> {
    const body = new URLSearchParams({ secret, response: token, ...(address && { remoteip: address }) });
    try {
      const response = await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(TIMEOUT_MS) });
      return answerSchema.parse(await response.json()).success;
    } catch (cause) {
      throw new ApiError('turnstile_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
    }
  }
}
