import { type AppDependencies, nowSeconds } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import type { Caller } from '../keys/caller.ts';
import { checkDestination } from '../webhooks/outbound/destination.ts';
import { callbacksWebhook, newKeys } from '../webhooks/outbound/new-keys.ts';
import { ownerOf } from '../webhooks/outbound/owner.ts';
import { CALLBACKS } from '../webhooks/outbound/subscription.ts';

interface CallbackRequest {
  /** As it was sent; null or absent for none. */
  url: string | null | undefined;
  isAsync: boolean;
  caller: Caller;
}

/**
 * The address that a message's reply is sent to, once it may be; null for none.
 * @throws {ApiError} secret_key_required, invalid_value
 */
export function readCallback(
  { settings }: Pick<AppDependencies, 'settings'>,
  { url, isAsync, caller }: CallbackRequest,
): string | null {
  if (url == null) return null;
  // Whoever opens the page could send our requests anywhere.
  if (caller.kind === 'session') throw new ApiError('secret_key_required', { param: 'callback_url' });
  if (!isAsync) throw wrongCallback('is for a message that is not waited for: send "async": true with it');
  const destination = checkDestination(url, { allowLoopback: settings.developmentMode });
  if (!destination.allowed) throw wrongCallback(destination.reason);
  return destination.url;
}

/**
 * Callbacks are signed: the first of a key makes the keys for that.
 * @throws {ApiError} webhooks_unavailable, webhook_store_unavailable
 */
export async function prepareCallbacks(
  dependencies: Pick<AppDependencies, 'webhooks' | 'sealer' | 'now'>,
  keyId: string | null,
): Promise<void> {
  const { webhooks, sealer } = dependencies;
  const owner = ownerOf(keyId);
  const known = await webhooks.of(owner, (book) => book.read(CALLBACKS));
  if (known !== null) return;
  const { key } = await newKeys(sealer, { id: CALLBACKS, owner });
  const made = callbacksWebhook(key, nowSeconds(dependencies));
  await webhooks.of(owner, (book) => book.create(made));
}

function wrongCallback(reason: string): ApiError {
  return new ApiError('invalid_value', { param: 'callback_url', message: `callback_url: ${reason}.` });
}
