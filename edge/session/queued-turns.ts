import { ApiError } from '../errors.ts';
import type { Session } from './session.ts';
import type { Commit, CommitOutcome, QueuedAdmission, QueuedTurnRequest } from './session-calls.ts';
import type { SessionState } from './session-state.ts';
import type { TurnLine } from './turn-line.ts';
import {
  type AnsweredTurn,
  newRecord,
  type TurnFailure,
  type TurnRecord,
  type TurnWork,
} from './turn-record.ts';

/** A turn whose request is over, as it is answered. */
export interface QueuedTurn {
  session: Session;
  sessionId: string;
  replyId: string;
  work: TurnWork;
}

interface QueuedTurnsOptions {
  sessionId: string;
  state: Pick<SessionState, 'session' | 'record' | 'records' | 'remember' | 'wakeBy'>;
  line: Pick<TurnLine, 'add' | 'current' | 'end'>;
  answer: (turn: QueuedTurn) => Promise<AnsweredTurn>;
  /** What the client is told of an error that `answer` threw. */
  failureOf: (error: unknown) => TurnFailure;
  /** Keeps what was answered. */
  commit: (turnId: string, commit: Commit) => Promise<CommitOutcome>;
  /** Tells of a turn that has no answer. */
  tellFailure: (turn: {
    keyId: string | null;
    id: string;
    failure: TurnFailure;
    callbackUrl: string | null;
  }) => void;
  /** Milliseconds since 1970. */
  now: () => number;
}

/**
 * The turns of a session that are answered after their request. Each is in storage until it is, so that an object that starts again
 * goes on with them; they are answered by the alarm, which rings as long as there are any.
 */
export class QueuedTurns {
  readonly #options: QueuedTurnsOptions;
  #answering = false;

  constructor(options: QueuedTurnsOptions) {
    this.#options = options;
  }

  /** Takes a turn, whose session is there. */
  enqueue({ work, ...turn }: QueuedTurnRequest): QueuedAdmission {
    const { state, line, now } = this.#options;
    const known = state.record(turn.name);
    if (known !== null && known.fingerprint !== turn.fingerprint) return { outcome: 'name_taken' };
    if (known?.status === 'completed') return { outcome: 'answered', answer: known.answer };
    if (known?.status === 'queued') return { outcome: 'queued', id: known.id, acceptedAt: known.acceptedAt };

    const decision = line.add({ ...turn, leaseMs: work.leaseMs, patientUntil: null });
    if (decision?.outcome === 'refused' || decision?.outcome === 'name_taken') return decision;
    const record = { ...newRecord(turn, now()), status: 'queued' as const, work };
    state.remember(turn.name, record);
    return { outcome: 'queued', id: record.id, acceptedAt: record.acceptedAt };
  }

  /** Lines up what is in storage and not in the line, in an object that has started again. Who has a place keeps it. */
  lineUpAgain(): void {
    const { state, line } = this.#options;
    for (const { name, record } of state.records()) {
      if (record.status !== 'queued') continue;
      const { id, fingerprint, work } = record;
      line.add({ id, name, fingerprint, leaseMs: work.leaseMs, patientUntil: null });
    }
  }

  /** Has the alarm ring for a turn that has started. */
  wake(): void {
    // Who answers already comes to it.
    if (!this.#answering) this.#options.state.wakeBy(this.#options.now());
  }

  /** Answers them one after the other, as long as it is their turn. */
  async answerAll(): Promise<void> {
    if (this.#answering) return;
    this.#answering = true;
    try {
      // An alarm may come so late that a turn's lease was over before anybody began to answer it.
      this.lineUpAgain();
      for (let turn = this.#next(); turn !== null; turn = this.#next()) await this.#answer(turn);
    } finally {
      this.#answering = false;
    }
  }

  #next(): NextTurn | null {
    const { state, line } = this.#options;
    if (line.current === null) return null;
    const { name } = line.current;
    const record = state.record(name);
    return record?.status === 'queued' ? { name, record } : null;
  }

  async #answer({ name, record }: NextTurn): Promise<void> {
    const { state, line, now, tellFailure } = this.#options;
    const { id, fingerprint, work } = record;
    const failure = await this.#tryToAnswer({ name, record });
    // What was deleted meanwhile leaves nothing behind.
    if (failure !== null && state.record(name) !== null) {
      state.remember(name, { ...newRecord({ id, fingerprint }, now()), status: 'failed', failure });
      tellFailure({ keyId: work.keyId, id, failure, callbackUrl: callbackOf(work) });
    }
    line.end(id, { kept: false });
  }

  /** @returns why there is no answer; null where there is */
  async #tryToAnswer({ name, record }: NextTurn): Promise<TurnFailure | null> {
    const { sessionId, state, answer, commit, failureOf } = this.#options;
    const { id, fingerprint, work } = record;
    const { session } = state;
    try {
      if (session === null) throw new ApiError('session_not_found');
      const answered = await answer({ session, sessionId, replyId: id, work });
      const outcome = await commit(id, {
        ...answered,
        revision: session.revision,
        remember: { name, fingerprint },
        callbackUrl: callbackOf(work),
      });
      if (outcome === 'missing') throw new ApiError('session_not_found');
      if (outcome === 'superseded') throw new ApiError('turn_superseded');
      return null;
    } catch (error) {
      return failureOf(error);
    }
  }
}

interface NextTurn {
  name: string;
  record: TurnRecord & { status: 'queued' };
}

function callbackOf({ callbackUrl }: TurnWork): string | null {
  // A turn that was queued by an older worker has none.
  return callbackUrl ?? null;
}
