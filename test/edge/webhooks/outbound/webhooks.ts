import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { Courier, DeliveriesObject } from '../../../../edge/webhooks/outbound/deliveries-object.ts';
import type { Delivery, Outcome } from '../../../../edge/webhooks/outbound/delivery.ts';
import { deliveriesName } from '../../../../edge/webhooks/outbound/owner.ts';

export const deliveriesOf = (owner: string, webhookId: string): DurableObjectStub<DeliveriesObject> =>
  env.WEBHOOK_DELIVERIES.getByName(deliveriesName(owner, webhookId));

/** What a receiver may answer, as an attempt at it comes out. */
export const answered = (status: number | null, retryAfterSeconds: number | null = null): Outcome => ({
  ...{ at: Date.now(), ms: 1, status, error: null, response: '', retryAfterSeconds },
});

/** From now on attempts at a webhook's address come out as said, and nobody is asked. @returns what was attempted */
export async function answerAttempts(
  stub: DurableObjectStub<DeliveriesObject>,
  answer: (delivery: Delivery) => Awaited<ReturnType<Courier>>,
): Promise<Delivery[]> {
  const attempted: Delivery[] = [];
  await runInDurableObject(stub, (object) => {
    const courier: Courier = async (delivery) => {
      attempted.push(delivery);
      return answer(delivery);
    };
    Object.assign(object, { courier: async () => courier });
  });
  return attempted;
}

/** Rings an object's alarm, where there is one, as often as it asks for it now. */
export async function ringWhileDue(stub: DurableObjectStub<DeliveriesObject>): Promise<void> {
  const isDue = () =>
    runInDurableObject(stub, async (_, { storage }) => {
      const alarm = await storage.getAlarm();
      return alarm !== null && alarm <= Date.now();
    });
  while (await isDue()) await runDurableObjectAlarm(stub);
}
