import { startBackend } from '../../end-to-end/webhooks/ready-backend.ts';
import { startReceiver } from '../../end-to-end/webhooks/receiver.ts';
import type { Bundle } from '../edge/bundle.ts';
import { FROM_LOOPBACK, startEdge } from '../edge/edge-in-workerd.ts';

/** How fast webhooks go out, to receivers that answer at once. */
export interface DeliverySpeed {
  webhooks: number;
  deliveries: number;
  /** From the first event to the last delivery; making the events, in sessions of the same worker, is part of it. */
  seconds: number;
  deliveriesPerSecond: number;
}

/** That one key may have. */
const WEBHOOKS = 20;
const AT_ONCE = 8;

/** Makes sessions, of each of which every webhook is told, until so many deliveries have arrived. */
export async function measureDeliveries(
  bundle: Pick<Bundle, 'modules'>,
  { deliveries }: { deliveries: number },
): Promise<DeliverySpeed> {
  const sessions = Math.ceil(deliveries / WEBHOOKS);
  const [backend, receiver] = await Promise.all([startBackend(), startReceiver()]);
  const edge = await startEdge(bundle, { BACKEND_URL: backend.url, SEALING_SECRET: 's'.repeat(40) });
  const post = async (path: string, body: object) => {
    const headers = { ...FROM_LOOPBACK, 'content-type': 'application/json' };
    const response = await fetch(edge.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${answer}`);
  };
  try {
    for (let index = 0; index < WEBHOOKS; index++)
      await post('/v1/webhooks', { url: `${receiver.url}/${index}`, events: ['session.created'] });
    const arrived = Promise.withResolvers<void>();
    const total = sessions * WEBHOOKS;
    const seen = new Set<string>();
    receiver.answer = ({ path, id }, response) => {
      response.end();
      // One that came twice is one.
      seen.add(`${path} ${id}`);
      if (seen.size === total) arrived.resolve();
    };
    const startedAt = performance.now();
    let made = 0;
    const client = async () => {
      while (made++ < sessions) await post('/v1/sessions', {});
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));
    await arrived.promise;
    const seconds = (performance.now() - startedAt) / 1_000;
    return { webhooks: WEBHOOKS, deliveries: total, seconds, deliveriesPerSecond: total / seconds };
  } finally {
    await edge.stop();
    receiver.stop();
    backend.stop();
  }
}

export function renderDeliveries({
  webhooks,
  deliveries,
  seconds,
  deliveriesPerSecond,
}: DeliverySpeed): string {
  return [
    `${deliveries} deliveries to ${webhooks} webhooks that answer at once took ${seconds.toFixed(1)} s:`,
    `**${deliveriesPerSecond.toFixed(0)} deliveries a second** on this machine, which also made the events, signed each delivery in both ways, and`,
    'received it.',
  ].join('\n');
}
