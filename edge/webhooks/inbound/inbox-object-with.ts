import { answerWaiting } from './answer-waiting.ts';
import type { InboundDependencies } from './inbound-dependencies.ts';
import { InboxObject } from './inbox-object.ts';

/** The class of inboxes that answer, with the worker's own means, what the queue's consumer did not. */
export function inboxObjectWith(dependencies: InboundDependencies) {
  return class extends InboxObject {
    protected override async work() {
      await answerWaiting(this, dependencies);
    }

    protected override report({ event, cause }: { event: string; cause: unknown }) {
      dependencies.log({ event, cause: String(cause) });
    }
  };
}
