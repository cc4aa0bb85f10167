import { ApiError } from '../../errors.ts';
import type { DeliveriesObject } from './deliveries-object.ts';
import { deliveriesName } from './owner.ts';
import type { WebhooksObject } from './webhooks-object.ts';

type Book = DurableObjectStub<WebhooksObject>;
type Deliveries = DurableObjectStub<DeliveriesObject>;

/**
 * Asks the objects that webhooks lie in.
 * @throws {ApiError} webhook_store_unavailable
 */
export interface Webhooks {
  /** @param owner whose webhooks (`owner.ts`) */
  of<Answer>(owner: string, call: (webhooks: Book) => Promise<Answer>): Promise<Answer>;
  /** The deliveries of one of them. */
  deliveries<Answer>(
    webhook: { owner: string; id: string },
    call: (deliveries: Deliveries) => Promise<Answer>,
  ): Promise<Answer>;
}

const RETRY_AFTER_SECONDS = 5;

export function webhooksIn(env: Pick<Cloudflare.Env, 'WEBHOOKS' | 'WEBHOOK_DELIVERIES'>): Webhooks {
  return {
    of: (owner, call) => reach(call(env.WEBHOOKS.getByName(owner))),
    deliveries: ({ owner, id }, call) =>
      reach(call(env.WEBHOOK_DELIVERIES.getByName(deliveriesName(owner, id)))),
  };
}

async function reach<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (cause) {
    throw new ApiError('webhook_store_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
  }
}
