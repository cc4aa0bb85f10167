/**
 * What Cloudflare's paid plan takes for what goes beyond what it includes, in dollars, each month. List prices of
 * developers.cloudflare.com (…/platform/pricing of Workers, KV, Durable Objects and Queues) on 23 November 2026.
 */
export const METERS = {
  requests: { name: 'requests of the worker', included: 10e6, per: 1e6, price: 0.3 },
  cpuMs: { name: 'processor time, ms', included: 30e6, per: 1e6, price: 0.02 },
  kvWrites: { name: 'KV writes', included: 1e6, per: 1e6, price: 5 },
  kvGigabytes: { name: 'KV storage, GB', included: 1, per: 1, price: 0.5 },
  objectRequests: { name: 'object requests', included: 1e6, per: 1e6, price: 0.15 },
  rowsWritten: { name: 'rows written', included: 50e6, per: 1e6, price: 1 },
  gigabyteSeconds: { name: 'objects’ duration, GB-s', included: 400e3, per: 1e6, price: 12.5 },
  queueOperations: { name: 'queue operations', included: 1e6, per: 1e6, price: 0.4 },
} as const;

export type Meter = keyof typeof METERS;

export const BASE_DOLLARS = 5;

/** What a month's use of a meter costs. */
export function dollars(meter: Meter, amount: number): number {
  const { included, per, price } = METERS[meter];
  return (Math.max(0, amount - included) / per) * price;
}
