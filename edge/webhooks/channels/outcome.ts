import type { ChannelAnswer, Outcome } from './channel.ts';

/** What HTTP says of a delivery: 2xx is one, 408, 425, 429 and 5xx pass, all else is refused. */
export function outcomeOf({ status, retryAfterSeconds }: ChannelAnswer): Outcome {
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  const reason = `HTTP ${status}`;
  if (![408, 425, 429].includes(status) && status < 500) return { outcome: 'refused', reason };
  return { outcome: 'again', afterSeconds: retryAfterSeconds, reason };
}
