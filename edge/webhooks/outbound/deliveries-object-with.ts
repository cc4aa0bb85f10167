import { type AppDependencies, nowSeconds } from '../../dependencies.ts';
import type { Opener } from '../../keys/caller.ts';
import { describeError } from '../../observability/describe-error.ts';
import { SealBrokenError } from '../../secrets/sealed.ts';
import { attempt } from './attempt.ts';
import { type Courier, DeliveriesObject } from './deliveries-object.ts';
import type { Delivery, Outcome } from './delivery.ts';
import { checkDestination } from './destination.ts';
import { eventBody } from './events.ts';
import { keyIdOf, parseDeliveriesName } from './owner.ts';
import { createSign, type Sign, type SigningKeys } from './signing.ts';
import { sealedFor, validKeys, type Webhook } from './subscription.ts';

const USER_AGENT = 'Tandem-Webhooks';

/** The class of webhooks' objects that sign and send with the worker's own means. */
export function deliveriesObjectWith({
  settings,
  sealer,
  fetch,
  now,
  log,
  liveFigures,
}: Pick<AppDependencies, 'settings' | 'sealer' | 'fetch' | 'now' | 'log' | 'liveFigures'>) {
  /** An attempt that failed here: it is made again like others, and like them not for ever. */
  const notMade = (error: string): Outcome => ({
    ...{ at: now(), ms: 0, status: null, error, response: '', retryAfterSeconds: null },
  });

  return class extends DeliveriesObject {
    protected override readonly delaysSeconds = settings.webhookRetrySeconds;
    protected override readonly figures = liveFigures;

    protected override async courier(webhook: Webhook): Promise<Courier> {
      const { owner } = parseDeliveriesName(this.ctx.id.name!);
      const sign = await this.#sign(webhook, owner);
      return async (delivery) => {
        const url = delivery.callbackUrl ?? webhook.url ?? '';
        // Once more: what is refused may have changed since.
        const destination = checkDestination(url, { allowLoopback: settings.developmentMode });
        if (!destination.allowed) return 'refused';
        if (sign === null) return notMade('No signing key can be opened any more: rotate them.');
        const body = await this.#body(delivery, owner).catch((cause: unknown) => ({ cause }));
        if (body === null) return 'erased';
        if (typeof body === 'object') {
          log({ event: 'webhook_reply_unread', owner, cause: describeError(body.cause) });
          return notMade('The reply could not be read.');
        }
        const timestamp = nowSeconds({ now });
        const { id } = delivery.event;
        const headers = {
          'content-type': 'application/json',
          'user-agent': USER_AGENT,
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': await sign({ id, timestamp, body }),
        };
        return attempt({ url: destination.url, headers, body }, { fetch, now });
      };
    }

    /** Null where no key opens: SEALING_SECRET was changed, and the owner rotates the keys. */
    async #sign(webhook: Webhook, owner: string): Promise<Sign | null> {
      const keys = validKeys(webhook, nowSeconds({ now })).map(async ({ sealed }) => {
        const opened = await sealer?.open(sealed, sealedFor(webhook.id, owner)).catch(whereSealIsBroken);
        return opened ? (JSON.parse(opened) as SigningKeys) : null;
      });
      const open = (await Promise.all(keys)).filter((key) => key !== null);
      return open.length === 0 ? null : createSign(open);
    }

    /** Null where the message that a callback tells has been deleted. Its words are the session's, and are kept nowhere else. */
    async #body({ event, callbackUrl }: Delivery, owner: string): Promise<string | null> {
      if (callbackUrl === null || event.type !== 'message.replied') return eventBody(event);
      const keyId = keyIdOf(owner);
      const opener: Opener = { kind: keyId === null ? 'development' : 'secret', keyId, sessionId: null };
      const { session_id, message_id } = event.data;
      const session = this.env.SESSION_OBJECTS.getByName(session_id!);
      const state = await session.message(opener, message_id!);
      if (state?.status !== 'completed' && state?.status !== 'kept') return null;
      const { role, content } = state.status === 'completed' ? state.answer : state.message;
      return eventBody(event, { role, content });
    }

    protected override report(entry: Record<string, unknown>): void {
      log(entry);
    }
  };
}

function whereSealIsBroken(error: unknown): null {
  if (error instanceof SealBrokenError) return null;
  throw error;
}
