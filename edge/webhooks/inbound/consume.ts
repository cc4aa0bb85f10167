import type { AppDependencies } from '../../dependencies.ts';
import { describeError } from '../../observability/describe-error.ts';
import { answerWaiting } from './answer-waiting.ts';
import type { InboundDependencies } from './inbound-dependencies.ts';

/** What the queue `tandem-inbound` carries: the name of an inbox with something in it. */
export interface WakeUp {
  inbox: string;
}

const RETRY_SECONDS = 5;

/**
 * Answers what waits in the inboxes of a batch, side by side. A wake-up that comes again finds its inbox empty, or somebody
 * at it; one that fails is not needed, for the inbox has an alarm, and is tried again all the same since that is sooner.
 */
export async function consumeWakeUps(
  batch: MessageBatch<WakeUp>,
  { inbox, ...dependencies }: InboundDependencies & Pick<AppDependencies, 'inbox'>,
): Promise<void> {
  await Promise.all(
    batch.messages.map(async (wakeUp) => {
      try {
        await answerWaiting(inbox(wakeUp.body.inbox), dependencies);
        wakeUp.ack();
      } catch (cause) {
        dependencies.log({
          event: 'inbound_wake_up_failed',
          attempt: wakeUp.attempts,
          cause: describeError(cause),
        });
        wakeUp.retry({ delaySeconds: RETRY_SECONDS });
      }
    }),
  );
}
