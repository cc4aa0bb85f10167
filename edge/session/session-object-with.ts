import type { AppDependencies } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { Charge } from '../limits/charge.ts';
import { describeError } from '../observability/describe-error.ts';
import { figuresEntry } from '../observability/log-entry.ts';
import { RequestFigures } from '../observability/request-figures.ts';
import type { Reservation } from '../records/record-object.ts';
import { type AnswerDependencies, answerTurn, goingOn } from './answer-turn.ts';
import { SessionObject } from './session-object.ts';

/** The class of sessions' objects that answer, with the worker's own means, the turns that nobody waits for. */
export function sessionObjectWith(
  dependencies: AnswerDependencies & Pick<AppDependencies, 'log' | 'keyObject' | 'liveFigures'>,
) {
  return class extends SessionObject {
    protected override async answer(turn: Parameters<SessionObject['answer']>[0]) {
      const { session, sessionId, replyId, work } = turn;
      const { content, plan, requestId, safety, keyId, reservedTokens } = work;
      const charge = new Charge();
      const figures = new RequestFigures();
      const call = {
        ...{ requestId, charge, safety, tenant: keyId, traceparent: null, timeoutMs: null },
        observe: (happened: Parameters<RequestFigures['observe']>[0]) => figures.observe(happened),
        // Nobody can go away.
        signal: new AbortController().signal,
      };
      try {
        return await answerTurn(dependencies, {
          sessionId,
          replyId,
          ...goingOn(session, content),
          plan,
          call,
        });
      } finally {
        dependencies.log({ event: 'queued_turn', request_id: requestId, ...figuresEntry(figures) });
        dependencies.liveFigures?.count(null, figures);
        if (keyId !== null)
          await this.#settle(keyId, { sessionId, tokens: reservedTokens }, charge.tokens ?? 0);
      }
    }

    async #settle(keyId: string, reservation: Reservation, used: number) {
      try {
        await dependencies.keyObject(keyId).settle(reservation, used);
      } catch (cause) {
        this.report({ event: 'settle_failed', cause });
      }
    }

    protected override failureOf(error: unknown) {
      const known = error instanceof ApiError ? error : new ApiError('internal_error', { cause: error });
      if (known.status >= 500) this.report({ event: 'queued_turn_failed', cause: known.cause });
      return { code: known.code, message: known.message };
    }

    protected override report({ event, cause }: { event: string; cause: unknown }) {
      dependencies.log({ event, cause: describeError(cause) });
    }
  };
}
