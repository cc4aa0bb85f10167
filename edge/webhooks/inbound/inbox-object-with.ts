import type { AppDependencies } from '../../dependencies.ts';
import { describeError } from '../../observability/describe-error.ts';
import { answerWaiting } from './answer-waiting.ts';
import { openerOf } from './conversation-turn.ts';
import type { InboundDependencies } from './inbound-dependencies.ts';
import { type About, InboxObject } from './inbox-object.ts';

/** The class of inboxes that answer, with the worker's own means, what the queue's consumer did not. */
export function inboxObjectWith(
  dependencies: InboundDependencies & Pick<AppDependencies, 'integrationObject'>,
) {
  return class extends InboxObject {
    protected override async work() {
      await answerWaiting(this, dependencies);
    }

    protected override async endWithIntegration({
      integrationId,
      sessionId,
    }: Pick<About, 'integrationId' | 'sessionId'>) {
      const record = await dependencies.integrationObject(integrationId).read();
      if (record === null || record.revokedAt === null) return false;
      const opener = openerOf({ id: integrationId });
      if (sessionId !== null) await dependencies.sessions(sessionId, (session) => session.erase(opener));
      return true;
    }

    protected override report({ event, cause }: { event: string; cause: unknown }) {
      dependencies.log({ event, cause: describeError(cause) });
    }
  };
}
