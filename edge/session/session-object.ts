import { DurableObject } from 'cloudflare:workers';
import { mayOpen, type Opener } from '../keys/caller.ts';
import type { EventType, Publication } from '../webhooks/outbound/events.ts';
import { type Feedback, type Rated, rateReply } from './feedback.ts';
import { kvSessions } from './kv-sessions.ts';
import { Outbox } from './outbox.ts';
import { type QueuedTurn, QueuedTurns } from './queued-turns.ts';
import { addExchange, editSession, type Session, type SessionFields } from './session.ts';
import type {
  Admission,
  Commit,
  CommitOutcome,
  MessageState,
  QueuedAdmission,
  QueuedTurnRequest,
  SessionExport,
  TurnRequest,
} from './session-calls.ts';
import { failureEvents, type Occasion, sessionEvent, turnEvents } from './session-events.ts';
import { SessionState } from './session-state.ts';
import { TurnLine } from './turn-line.ts';
import type { Decision } from './turn-queue.ts';
import { type AnsweredTurn, newRecord, type TurnFailure } from './turn-record.ts';

/**
 * One session: orders its turns, holds its newest state until KV has it, and remembers what was asked with an
 * idempotency key. Here its parts meet: the line of turns, those of them that nobody waits for, what is kept, what is told.
 *
 * Turns under way are in memory alone. An object that starts again knows none of them, and takes a reply from before if
 * nothing has changed since: the session's revision says so.
 */
export abstract class SessionObject extends DurableObject<Cloudflare.Env> {
  readonly #sessionId = this.ctx.id.name!;
  protected readonly outbox = new Outbox({
    storage: this.ctx.storage,
    // Without the secret there is nothing to sign with, and nobody could subscribe.
    webhooksOf: this.env.SEALING_SECRET ? (owner) => this.env.WEBHOOKS.getByName(owner) : null,
    now: () => Date.now(),
    report: (problem) => this.report(problem),
  });
  protected readonly state = new SessionState({
    sessionId: this.#sessionId,
    storage: this.ctx.storage,
    kv: kvSessions(this.env.SESSIONS),
    outbox: this.outbox,
    now: () => Date.now(),
    report: (problem) => this.report(problem),
  });
  protected readonly line = new TurnLine({ now: () => Date.now(), onUnawaited: () => this.#queued.wake() });
  readonly #queued = new QueuedTurns({
    sessionId: this.#sessionId,
    state: this.state,
    line: this.line,
    answer: (turn) => {
      this.#interest = this.outbox.interest(turn.session.keyId);
      return this.answer(turn);
    },
    failureOf: (error) => this.failureOf(error),
    commit: (turnId, commit) => this.commit(turnId, commit),
    tellFailure: ({ keyId, ...turn }) => this.#tell(keyId, failureEvents(turn, this.#occasion())),
    now: () => Date.now(),
  });
  #linedUp = false;
  /** What somebody wants to be told of, as it was when the newest turn was asked for. */
  #interest: Promise<ReadonlySet<EventType>> | null = null;

  /** Answers a turn whose request is over. */
  protected abstract answer(turn: QueuedTurn): Promise<AnsweredTurn>;

  /** What the client is told of an error that `answer` threw. */
  protected abstract failureOf(error: unknown): TurnFailure;

  /** Logs what went wrong where nobody waits for an answer. */
  protected abstract report(problem: { event: string; cause: unknown }): void;

  async create(session: Session): Promise<void> {
    const { keyId } = session;
    const wanted = await this.outbox.interest(keyId);
    // Made twice, the first answer being lost, it is made and told once.
    if (!this.state.create(session)) return;
    if (wanted.has('session.expired')) this.state.watchExpiry(keyId);
    if (wanted.has('session.created')) this.#tell(keyId, [sessionEvent('session.created', this.#occasion())]);
  }

  async read(opener: Opener): Promise<Session | null> {
    return this.#open(opener);
  }

  async edit(opener: Opener, fields: Partial<SessionFields>): Promise<Session | null> {
    const session = await this.#open(opener);
    if (session === null) return null;
    const edited = editSession(session, fields, Math.floor(Date.now() / 1_000));
    this.state.change(edited);
    return edited;
  }

  async export(opener: Opener): Promise<SessionExport | null> {
    const session = await this.#open(opener);
    return session && { session, turns: this.state.records().map(({ record }) => record) };
  }

  /** Erases a session; false where there is none. A turn that is under way is not kept. */
  async erase(opener: Opener): Promise<boolean> {
    if ((await this.#open(opener)) === null) return false;
    this.line.close();
    await this.state.erase();
    return true;
  }

  async message(opener: Opener, id: string): Promise<MessageState | null> {
    const session = await this.#open(opener);
    if (session === null) return null;
    const record = this.state.findRecord(id);
    if (record !== null) return record;
    const message = session.messages.find((kept) => kept.id === id);
    return message === undefined ? null : { status: 'kept', message };
  }

  /** Keeps what a person thinks of a reply. */
  async rate(opener: Opener, messageId: string, feedback: Feedback): Promise<Rated> {
    const session = await this.#open(opener);
    if (session === null) return { outcome: 'missing' };
    const rated = rateReply(session, messageId, feedback);
    if (rated.outcome === 'kept' && rated.session !== session) this.state.change(rated.session);
    return rated;
  }

  /** Waits for a turn, which is then the caller's, to `commit` or to `release`. */
  async begin(opener: Opener, { patienceMs, ...turn }: TurnRequest): Promise<Admission> {
    const session = await this.#open(opener);
    if (session === null) return { outcome: 'missing' };
    const known = this.state.record(turn.name);
    if (known !== null && known.fingerprint !== turn.fingerprint) return { outcome: 'name_taken' };
    if (known?.status === 'completed') return { outcome: 'answered', answer: known.answer };
    // Until the turn is answered, the answer is there.
    this.#interest = this.outbox.interest(session.keyId);

    const decision = await this.line.take({ ...turn, patientUntil: Date.now() + patienceMs });
    // Meanwhile it may have been forgotten, for it had been quiet for long.
    await this.#load();
    return this.#admission(decision, turn.name);
  }

  /** Keeps a turn: all of it or, where another has gone before, nothing. Said twice it is kept once. */
  async commit(turnId: string, commit: Commit): Promise<CommitOutcome> {
    const wanted = await this.#wanted();
    await this.#load();
    const { session } = this.state;
    if (session === null) return 'missing';
    const { exchange, answer, remember } = commit;
    if (session.messages.some(({ id }) => id === answer.id)) return 'kept';
    const undisturbed = this.line.current === null && session.revision === commit.revision;
    if (this.line.current?.id !== turnId && !undisturbed) return 'superseded';

    // All within one turn of the event loop, and so together or not at all.
    this.state.change({ ...addExchange(session, exchange), model: commit.model ?? session.model });
    if (remember !== null)
      this.state.remember(remember.name, {
        ...newRecord({ id: answer.id, fingerprint: remember.fingerprint }, Date.now()),
        status: 'completed',
        answer,
      });
    if (wanted.has('session.expired')) this.state.watchExpiry(session.keyId);
    this.#tell(session.keyId, turnEvents(commit, { ...this.#occasion(), wanted }));
    this.line.end(turnId, { kept: true });
    return 'kept';
  }

  /** Gives up a turn: one that is under way, without a reply, or one that is still waited for. */
  release(turnId: string): void {
    this.line.release(turnId);
  }

  /** Takes a turn that the object itself answers, by its alarm. */
  async enqueue(opener: Opener, turn: QueuedTurnRequest): Promise<QueuedAdmission> {
    if ((await this.#open(opener)) === null) return { outcome: 'missing' };
    return this.#queued.enqueue(turn);
  }

  override async alarm(): Promise<void> {
    await this.state.loadStored();
    const expired = this.state.takeExpired();
    if (expired !== null) this.outbox.put(expired.keyId, [sessionEvent('session.expired', this.#occasion())]);
    // A reply takes seconds; the state does not wait for it.
    await Promise.all([this.state.keepUp(), this.#queued.answerAll(), this.#sendOutbox()]);
  }

  async #wanted(): Promise<ReadonlySet<EventType>> {
    await this.#load();
    const { session } = this.state;
    if (session === null) return new Set();
    // Where the turn began before the object started again, nobody has been asked.
    this.#interest ??= this.outbox.interest(session.keyId);
    return this.#interest;
  }

  /** Within the same turn of the event loop as the change that it tells of. */
  #tell(keyId: string | null, publications: Publication[]): void {
    if (publications.length === 0) return;
    this.outbox.put(keyId, publications);
    this.ctx.waitUntil(this.#sendOutbox());
  }

  async #sendOutbox(): Promise<void> {
    await this.outbox.send();
    await this.state.planAnew();
  }

  /** @throws {Error} KV's, where the session is not here and KV does not answer */
  async #open(opener: Opener): Promise<Session | null> {
    await this.#load();
    const { session } = this.state;
    return session !== null && mayOpen(opener, { id: this.#sessionId, keyId: session.keyId })
      ? session
      : null;
  }

  async #load(): Promise<void> {
    await this.state.load();
    if (this.#linedUp) return;
    this.#linedUp = true;
    this.#queued.lineUpAgain();
  }

  #admission(decision: Decision, name: string): Admission {
    switch (decision.outcome) {
      case 'name_taken':
      case 'refused':
        return decision;
      case 'started': {
        const { session } = this.state;
        return session === null ? { outcome: 'missing' } : { outcome: 'started', session };
      }
      case 'answered': {
        const record = this.state.record(name);
        return record?.status === 'completed'
          ? { outcome: 'answered', answer: record.answer }
          : { outcome: 'missing' };
      }
      case 'closed':
        return { outcome: 'missing' };
    }
  }

  /** Of an event that happens now. */
  #occasion(): Occasion {
    return { sessionId: this.#sessionId, now: Date.now() };
  }
}
