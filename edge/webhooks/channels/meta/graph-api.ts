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
 * Codes of errors that pass, whatever their HTTP status: 1, 2 and 1200 "try again later", 4, 17, 32, 613 and 80007 rate limits; of
 * WhatsApp 130429 and 131056 rate limits, 131000 and 131016 faults of its own.
 */
const PASSING_CODES = [1, 2, 4, 17, 32, 613, 1_200, 80_007, 130_429, 131_000, 131_016, 131_056];

const errorSchema = z.object({ error: z.object({ code: z.number() }) });

/** Errors are `{"error": {"code": 131047, …}}`; outside of the 24 hours it is that code, or 10. */
export function readAnswer(answer: ChannelAnswer): Outcome {
  const byStatus = outcomeOf(answer);
  if (byStatus.outcome !== 'refused') return byStatus;
  const code = errorCode(answer.body);
  if (code === null) return byStatus;
  const reason = `error ${code}`;
  if (PASSING_CODES.includes(code)) return { outcome: 'again', afterSeconds: null, reason };
  return { outcome: 'refused', reason };
}

function errorCode(body: string): number | null {
  try {
    return errorSchema.parse(JSON.parse(body)).error.code;
  } catch {
    // A proxy's page.
    return null;
  }
}
