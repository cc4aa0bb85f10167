import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import type { Inbox, Work } from '../../../../edge/webhooks/inbound/inbox-calls.ts';
import type { Waiting } from '../../../../edge/webhooks/inbound/inbox.ts';
import type { slackApp } from '../inbound-app.ts';

/** Where `say` of `slackApp` talks. */
export const CONVERSATION = 'T1:D1';
/** Longer than a test: its end is the inbox's own to look after. */
export const LEASE_MS = 60_000;

/** The message that is next in line, as whoever answers it gets it. */
export async function taken(inbox: unknown): Promise<Work> {
  const work = await (inbox as Inbox).take(LEASE_MS);
  return work!;
}

/** Lets the time pass that a message is not to be tried before, or is somebody's, and says when that would have been. */
export async function ready(app: ReturnType<typeof slackApp>): Promise<number> {
  const inbox = await app.inboxOf(CONVERSATION);
  const times = await runInDurableObject(inbox, (_, { storage }) =>
    [...storage.kv.list<Waiting>({ prefix: 'message:' })].map(([key, waiting]) => {
      const { lease } = waiting;
      storage.kv.put(key, { ...waiting, notBefore: 0, lease: lease && { ...lease, until: 0 } });
      return waiting.notBefore;
    }),
  );
  await evictDurableObject(inbox);
  return Math.max(0, ...times);
}
