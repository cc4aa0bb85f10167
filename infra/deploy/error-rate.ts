import * as z from 'zod';
import { ask } from '../doctor/ask.ts';
import type { EdgeUnderWatch } from './health.ts';

const minuteSchema = z.looseObject({ at: z.number(), requests: z.number(), server_errors: z.number() });
const figuresSchema = z.looseObject({ minutes: z.array(minuteSchema) });

/** What the edge counted in each minute of the last hour, all versions together. */
export type CountedMinutes = z.infer<typeof figuresSchema>['minutes'];

/** Undefined where they cannot be had: without the admin token, or while they are away. */
export async function readFigures({
  address,
  adminToken,
}: EdgeUnderWatch): Promise<CountedMinutes | undefined> {
  if (adminToken === undefined) return undefined;
  const answer = await ask(`${address}/admin/v1/figures`, {
    headers: { authorization: `Bearer ${adminToken}` },
  });
  return answer.answered ? figuresSchema.safeParse(answer.body).data?.minutes : undefined;
}

export interface Counted {
  requests: number;
  errors: number;
}

/** What was counted before a moment and since, by what was read at that moment and now. */
export function countedSince(then: CountedMinutes, now: CountedMinutes): { before: Counted; since: Counted } {
  const before = sum(then);
  const newest = then.at(-1);
  const later = now.filter(({ at }) => newest === undefined || at >= newest.at);
  const since = sum(later);
  // The minute of that moment is counted on both sides of it.
  if (newest !== undefined && later.some(({ at }) => at === newest.at)) {
    since.requests -= newest.requests;
    since.errors -= newest.server_errors;
  }
  return { before, since };
}

function sum(minutes: CountedMinutes): Counted {
  return {
    requests: minutes.reduce((total, { requests }) => total + requests, 0),
    errors: minutes.reduce((total, { server_errors }) => total + server_errors, 0),
  };
}

/** So many errors more than were to be expected are no chance. */
const MOST_ERRORS = 5;
/** A new version with a tenth of the requests that fails a fifth of its own adds two in a hundred. */
const MOST_RATE = 0.02;

/** Whether requests fail now that did not before. @returns in words; undefined where they do not */
export function moreErrors({ before, since }: { before: Counted; since: Counted }): string | undefined {
  const rateBefore = before.errors / Math.max(before.requests, 1);
  const rate = since.errors / Math.max(since.requests, 1);
  const unexpected = since.errors - rateBefore * since.requests;
  if (unexpected < MOST_ERRORS || rate - rateBefore < MOST_RATE) return undefined;
  return `${since.errors} of ${since.requests} requests failed (${percent(rate)}, before ${percent(rateBefore)})`;
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(1)} %`;
}
