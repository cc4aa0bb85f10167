import { base64Url } from '../../base64url.ts';
import type { EventType } from './events.ts';

/** Where somebody wants to be told what, and how that is signed. What is stored of it is this. */
export interface Webhook {
  /** `wh_` and 22 letters, or `callbacks`. */
  id: string;
  /** Null for callbacks: each has an address of its own. */
  url: string | null;
  events: EventType[];
  /** For people. */
  description: string;
  /** Newest first. Older ones, from before a rotation, sign too until they expire. */
  keys: WebhookKey[];
  /** Seconds since 1970, as all that follows. */
  createdAt: number;
  disabled: Disabled | null;
}

interface WebhookKey {
  /** The signing keys as JSON, sealed for the webhook. */
  sealed: string;
  publicKey: string;
  expiresAt: number | null;
}

/** gone: the receiver answered 410. failing: nothing got through for as long as the schedule of attempts is. */
export type DisabledReason = 'owner' | 'gone' | 'failing';
interface Disabled {
  reason: DisabledReason;
  at: number;
}

/** The id under which each key's callbacks are signed, listed and replayed. */
export const CALLBACKS = 'callbacks';
/** That one key may have. */
export const MAX_WEBHOOKS = 20;
const MAX_KEYS = 4;

export function createWebhookId(): string {
  return `wh_${base64Url(crypto.getRandomValues(new Uint8Array(16)))}`;
}

/** What its signing keys are sealed for: they open for no other. */
export function sealedFor(id: string, owner: string): string {
  return `webhook/${owner}/${id}`;
}

export type WebhookChanges = Partial<Pick<Webhook, 'url' | 'events' | 'description'>> & { enabled?: boolean };

export function updateWebhook(
  webhook: Webhook,
  { enabled, ...fields }: WebhookChanges,
  now: number,
): Webhook {
  const changed = { ...webhook, ...fields };
  if (enabled === undefined) return changed;
  return { ...changed, disabled: enabled ? null : (webhook.disabled ?? { reason: 'owner', at: now }) };
}

/** With a new key; those until now sign too for `keepOldSeconds`, unless they expire earlier. */
export function rotateWebhook(
  webhook: Webhook,
  { key, now, keepOldSeconds }: { key: Omit<WebhookKey, 'expiresAt'>; now: number; keepOldSeconds: number },
): Webhook {
  const old = validKeys(webhook, now)
    .map((each) => ({ ...each, expiresAt: Math.min(each.expiresAt ?? Infinity, now + keepOldSeconds) }))
    .filter(({ expiresAt }) => expiresAt > now);
  return { ...webhook, keys: [{ ...key, expiresAt: null }, ...old].slice(0, MAX_KEYS) };
}

export function validKeys({ keys }: Pick<Webhook, 'keys'>, now: number): WebhookKey[] {
  return keys.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
}
