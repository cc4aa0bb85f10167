import type { Message, Session } from './session.ts';
import type { Turn } from './turn-queue.ts';
import type { AnsweredTurn, MessageAnswer, TurnFailure, TurnRecord, TurnWork } from './turn-record.ts';

/** A turn that a worker wants to answer, and how long its client waits for it to start. */
export type TurnRequest = Omit<Turn, 'patientUntil'> & { patienceMs: number };

/** A turn that is to be answered after its request. Its id is the reply's. */
export type QueuedTurnRequest = Omit<Turn, 'leaseMs' | 'patientUntil'> & { work: TurnWork };

type Refusal =
  | { outcome: 'missing' }
  | { outcome: 'name_taken' }
  | { outcome: 'refused'; retryAfterSeconds: number };
export type Admission =
  | { outcome: 'started'; session: Session }
  | { outcome: 'answered'; answer: MessageAnswer }
  | Refusal;
export type QueuedAdmission =
  | { outcome: 'queued'; id: string; acceptedAt: number }
  | { outcome: 'answered'; answer: MessageAnswer }
  | Refusal;

/** What a worker brings back from a turn. */
export interface Commit extends AnsweredTurn {
  /** The session's when the turn started. */
  revision: number;
  /** Set where the turn has an idempotency key, to remember its answer by. */
  remember: { name: string; fingerprint: string } | null;
  /** Who is told of it besides those who subscribed. */
  callbackUrl: string | null;
}
export type CommitOutcome = 'kept' | 'missing' | 'superseded';

/** A message as its address shows it. */
export type MessageState =
  | { status: 'queued'; acceptedAt: number }
  | { status: 'failed'; acceptedAt: number; failure: TurnFailure }
  | { status: 'completed'; answer: MessageAnswer }
  /** Of the history, which knows no more of it. */
  | { status: 'kept'; message: Message };

/** Everything that is held about a session. */
export interface SessionExport {
  session: Session;
  turns: TurnRecord[];
}
