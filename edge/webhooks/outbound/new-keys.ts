import { ApiError } from '../../errors.ts';
import type { Sealer } from '../../secrets/sealed.ts';
import { createSigningKeys, publicKeyOf } from './signing.ts';
import { CALLBACKS, sealedFor, type Webhook } from './subscription.ts';

/**
 * New signing keys: as they are stored, sealed, and the secret as its receiver is told it, once.
 * @throws {ApiError} webhooks_unavailable where there is nothing to seal them with
 */
export async function newKeys(sealer: Sealer | null, { id, owner }: { id: string; owner: string }) {
  if (sealer === null) throw new ApiError('webhooks_unavailable');
  const keys = await createSigningKeys();
  const sealed = await sealer.seal(JSON.stringify(keys), sealedFor(id, owner));
  return { key: { sealed, publicKey: publicKeyOf(keys) }, secret: keys.secret };
}

/** What signs a key's callbacks, before the first of them. @param now seconds since 1970 */
export function callbacksWebhook(key: Omit<Webhook['keys'][number], 'expiresAt'>, now: number): Webhook {
  return {
    ...{ id: CALLBACKS, url: null, events: [], description: '' },
    keys: [{ ...key, expiresAt: null }],
    createdAt: now,
    disabled: null,
  };
}
