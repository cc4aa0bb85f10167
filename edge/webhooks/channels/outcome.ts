import type { ChannelAnswer, Outcome } from './channel.ts';

/** What HTTP says of a delivery: 2xx is one, 408, 425, 429 and 5xx pass, all else is refused. */
export function outcomeOf({ status, headers }: ChannelAnswer): Outcome {
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  const reason = `HTTP ${status}`;
  if (![408, 425, 429].includes(status) && status < 500) return { outcome: 'refused', reason };
  return { outcome: 'again', afterSeconds: retryAfterSeconds(headers), reason };
}

/** Of `Retry-After` in seconds, which may have a fraction; a date is not used by any channel. */
export function retryAfterSeconds(headers: Headers): number | null {
  const value = headers.get('retry-after');
  return value !== null && /^\d{1,9}(\.\d{1,9})?$/.test(value) ? Number(value) : null;
}
