import { repliesOfDevice } from './fleet.ts';
import { type Load, usePerReply } from './usage.ts';

export interface Limit {
  /** What ends. */
  what: string;
  /** Replies a second until then. */
  repliesPerSecond: number;
}

const DAY_SECONDS = 86_400;

/**
 * What one of each thing carries, the smallest first. Cloudflare's limits are those of its pages on 23 November 2026; the edge's own are in
 * wrangler.toml.
 */
export function limits(load: Load): Limit[] {
  const { kvWrites, requests } = usePerReply(load);
  const found: Limit[] = [
    { what: 'the free plan’s 1,000 KV writes a day', repliesPerSecond: 1_000 / DAY_SECONDS / kvWrites },
    { what: 'the free plan’s 100,000 requests a day', repliesPerSecond: 100_000 / DAY_SECONDS / requests },
    { what: 'one processor (measured; 400M, int8)', repliesPerSecond: repliesOfDevice('processor') },
    { what: 'one GPU (assumed; 400M)', repliesPerSecond: repliesOfDevice('gpu') },
    { what: 'one secret key at one location: KEY_RATE_LIMITER, 1,200 in 60 s', repliesPerSecond: 1_200 / 60 },
    { what: 'one key’s object, 1,000 requests a second: reserve and settle', repliesPerSecond: 1_000 / 2 },
    {
      what: 'channels: 250 consumers of the queue, 5 conversations each, 1 s a reply',
      repliesPerSecond: 1_250,
    },
    { what: 'channels: one queue, 5,000 messages a second', repliesPerSecond: 5_000 },
    // A record with a name and a host name is some 60 characters of JSON, and stands for a machine of eight GPUs.
    {
      what: 'BACKENDS in one variable of 5 KB, 80 machines',
      repliesPerSecond: 80 * 8 * repliesOfDevice('gpu'),
    },
  ];
  return found.toSorted((one, other) => one.repliesPerSecond - other.repliesPerSecond);
}
