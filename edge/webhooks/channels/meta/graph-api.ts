import * as z from 'zod';
import type { ChannelAnswer, ChannelCall, Outcome, Secrets } from '../channel.ts';
import { outcomeOf } from '../outcome.ts';

export interface GraphSettings {
  accessToken: Secrets;
  apiUrl: string;
}

export const GRAPH_API_URL = 'https://graph.facebook.com/v23.0';

/** Only the time until then may a business answer freely: Meta, "24-hour window". A little less, for the way. */
export const ANSWERABLE_MS = 24 * 3_600_000 - 60_000;

/** A call with a JSON body, or a GET without one. */
export function graphCall(path: string, { accessToken, apiUrl }: GraphSettings, body?: object): ChannelCall {
  return {
    method: body === undefined ? 'GET' : 'POST',
    url: `${apiUrl}/${path}`,
    headers: {
      authorization: `Bearer ${accessToken[0]}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  };
}

/**
 * Codes of errors that pass, whatever their HTTP status: 1, 2 and 1200 "try again later"; 4, 17, 32 and 613 rate limits, 80001,
 * 80002, 80006, 80007 and 80008 those of a page, of Instagram, Messenger and WhatsApp; of WhatsApp 130429 and 131056 rate
 * limits, 131000 and 131016 faults of its own, 131057 while it moves a number to a higher limit.
 */
const PASSING_CODES = [
  ...[1, 2, 1_200, 4, 17, 32, 613, 80_001, 80_002, 80_006, 80_007, 80_008],
  ...[130_429, 131_056, 131_000, 131_016, 131_057],
];

const errorSchema = z.object({ error: z.object({ code: z.number() }) });

/** Minutes, by whose limit it is; 0 where nothing is used up. */
const usageSchema = z.record(z.string(), z.array(z.object({ estimated_time_to_regain_access: z.number() })));

/**
 * Errors are `{"error": {"code": 131047, …}}`; outside of the 24 hours it is that code, or 10. How long a limit lasts is not in the
 * error, but in a header.
 */
export function readAnswer(answer: ChannelAnswer): Outcome {
  const outcome = byCode(answer);
  if (outcome.outcome !== 'again') return outcome;
  const seconds = Math.max(outcome.afterSeconds ?? 0, secondsToRegainAccess(answer.headers));
  return { ...outcome, afterSeconds: seconds === 0 ? null : seconds };
}

function byCode(answer: ChannelAnswer): Outcome {
  const byStatus = outcomeOf(answer);
  const code = byStatus.outcome === 'refused' ? errorCode(answer.body) : null;
  if (code === null) return byStatus;
  const reason = `error ${code}`;
  if (!PASSING_CODES.includes(code)) return { outcome: 'refused', reason };
  return { outcome: 'again', afterSeconds: answer.retryAfterSeconds, reason };
}

/** Of `X-Business-Use-Case-Usage`: Meta, "Rate Limits". 0 where it says nothing. */
function secondsToRegainAccess(headers: Headers): number {
  try {
    const usage = usageSchema.parse(JSON.parse(headers.get('x-business-use-case-usage') ?? '{}'));
    const minutes = Object.values(usage).flat();
    return 60 * Math.max(0, ...minutes.map((limit) => limit.estimated_time_to_regain_access));
  } catch {
    // It is advice alone.
    return 0;
  }
}

function errorCode(body: string): number | null {
  try {
    return errorSchema.parse(JSON.parse(body)).error.code;
  } catch {
    // A proxy's page.
    return null;
  }
}
