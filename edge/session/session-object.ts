import { DurableObject } from 'cloudflare:workers';
import { ApiError } from '../errors.ts';
import { mayOpen, type Opener } from '../keys/caller.ts';
import { flagList } from '../safety/safety-flags.ts';
import {
  createEvent,
  type EventType,
  type Publication,
  type WebhookEvent,
} from '../webhooks/outbound/events.ts';
import { type Feedback, type Rated, rateReply } from './feedback.ts';
import { kvSessions } from './kv-sessions.ts';
import { Outbox } from './outbox.ts';
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
import { SessionState } from './session-state.ts';
import * as turns from './turn-queue.ts';
import {
  type AnsweredTurn,
  RECORD_TTL_MS,
  type TurnFailure,
  type TurnRecord,
  type TurnWork,
} from './turn-record.ts';

/**
 * One session: orders its turns, holds its newest state until KV has it, and remembers what was asked with an
 * idempotency key. What is to be done is decided in `turn-queue.ts` and `upkeep.ts`; here that meets callers and clock.
 *
 * Turns under way are in memory alone. An object that starts again knows none of them, and takes a reply from before if
 * nothing has changed since: the session's revision says so.
 */
export abstract class SessionObject extends DurableObject<Cloudflare.Env> {
  protected readonly outbox = new Outbox({
    storage: this.ctx.storage,
    // Without the secret there is nothing to sign with, and nobody could subscribe.
    webhooksOf: this.env.SEALING_SECRET ? (owner) => this.env.WEBHOOKS.getByName(owner) : null,
    now: () => Date.now(),
    report: (problem) => this.report(problem),
  });
  protected readonly state = new SessionState({
    sessionId: this.ctx.id.name!,
    storage: this.ctx.storage,
    kv: kvSessions(this.env.SESSIONS),
    outbox: this.outbox,
    now: () => Date.now(),
    report: (problem) => this.report(problem),
  });
  protected queue = turns.EMPTY_QUEUE;
  readonly #callers = new Map<string, (decision: turns.Decision) => void>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #queuedAgain = false;
  #answering = false;
  /** What somebody wants to be told of, as it was when the newest turn was asked for. */
  #interest: Promise<ReadonlySet<EventType>> | null = null;

  /** Answers a turn whose request is over. */
  protected abstract answer(turn: {
    session: Session;
    sessionId: string;
    replyId: string;
    work: TurnWork;
  }): Promise<AnsweredTurn>;

  /** What the client is told of an error that `answer` threw. */
  protected abstract failureOf(error: unknown): TurnFailure;

  /** Logs what went wrong where nobody waits for an answer. */
  protected abstract report(problem: { event: string; cause: unknown }): void;

  async create(session: Session): Promise<void> {
    const { keyId } = session;
    const wanted = await this.outbox.interest(keyId);
    // Made twice it is told once.
    const isNew = this.state.session === null;
    this.state.change(session);
    if (wanted.has('session.expired')) this.state.watchExpiry(keyId);
    if (isNew && wanted.has('session.created')) this.#tell(keyId, [this.#event('session.created')]);
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
    this.#apply(turns.close(this.queue));
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

    const decision = await new Promise<turns.Decision>((resolve) => {
      const lostCall = this.#callers.get(turn.id);
      this.#callers.set(turn.id, (made) => {
        lostCall?.(made);
        resolve(made);
      });
      const now = Date.now();
      this.#apply(turns.arrive(this.queue, { ...turn, patientUntil: now + patienceMs }, now));
    });
    return this.#admission(decision, turn.name);
  }

  /** Keeps a turn: all of it or, where another has gone before, nothing. Said twice it is kept once. */
  async commit(turnId: string, commit: Commit): Promise<CommitOutcome> {
    await this.#load();
    const wanted = await this.#interest;
    const { session } = this.state;
    if (session === null) return 'missing';
    const { exchange, answer, remember } = commit;
    if (session.messages.some(({ id }) => id === answer.id)) return 'kept';
    const undisturbed = this.queue.current === null && session.revision === commit.revision;
    if (this.queue.current?.id !== turnId && !undisturbed) return 'superseded';

    // All within one turn of the event loop, and so together or not at all.
    this.state.change({ ...addExchange(session, exchange), model: commit.model ?? session.model });
    if (remember !== null)
      this.state.remember(remember.name, {
        ...newRecord(answer.id, remember.fingerprint),
        status: 'completed',
        answer,
      });
    if (wanted?.has('session.expired')) this.state.watchExpiry(session.keyId);
    this.#tell(session.keyId, this.#publicationsOf(commit, wanted ?? new Set()));
    this.#apply(turns.end(this.queue, turnId, { kept: true, now: Date.now() }));
    return 'kept';
  }

  /** Gives up a turn: one that is under way, without a reply, or one that is still waited for. */
  release(turnId: string): void {
    this.#callers.get(turnId)?.({ turnId, outcome: 'closed' });
    this.#callers.delete(turnId);
    this.#apply(turns.end(this.queue, turnId, { kept: false, now: Date.now() }));
  }

  /** Takes a turn that the object itself answers, by its alarm. */
  async enqueue(opener: Opener, { work, ...turn }: QueuedTurnRequest): Promise<QueuedAdmission> {
    if ((await this.#open(opener)) === null) return { outcome: 'missing' };
    const known = this.state.record(turn.name);
    if (known !== null && known.fingerprint !== turn.fingerprint) return { outcome: 'name_taken' };
    if (known?.status === 'completed') return { outcome: 'answered', answer: known.answer };
    if (known?.status === 'queued') return { outcome: 'queued', id: known.id, acceptedAt: known.acceptedAt };

    const { leaseMs } = work;
    const step = turns.arrive(this.queue, { ...turn, leaseMs, patientUntil: null }, Date.now());
    this.#apply(step);
    const decision = step.decisions.find(({ turnId }) => turnId === turn.id);
    if (decision?.outcome === 'refused' || decision?.outcome === 'name_taken') return decision;
    const record = { ...newRecord(turn.id, turn.fingerprint), status: 'queued' as const, work };
    this.state.remember(turn.name, record);
    return { outcome: 'queued', id: record.id, acceptedAt: record.acceptedAt };
  }

  override async alarm(): Promise<void> {
    const expired = this.state.takeExpired();
    if (expired !== null) this.outbox.put(expired.keyId, [this.#event('session.expired')]);
    await this.#load();
    // A reply takes seconds; the state does not wait for it.
    await Promise.all([this.state.keepUp(), this.#answerQueued(), this.#sendOutbox()]);
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

  #publicationsOf({ answer, flags, callbackUrl }: Commit, wanted: ReadonlySet<EventType>): Publication[] {
    const ids = { message_id: answer.id };
    const flagged = flagList(flags);
    return [
      ...(wanted.has('message.replied') ? [this.#event('message.replied', ids)] : []),
      ...(wanted.has('message.flagged') && flagged.length > 0
        ? [this.#event('message.flagged', { ...ids, flagged })]
        : []),
      ...(callbackUrl === null ? [] : [{ ...this.#event('message.replied', ids), callbackUrl }]),
    ];
  }

  #event(type: WebhookEvent['type'], more: WebhookEvent['data'] = {}): Publication {
    const data = { session_id: this.ctx.id.name!, ...more };
    return { event: createEvent(type, data, Date.now()), callbackUrl: null };
  }

  /** @throws {Error} KV's, where the session is not here and KV does not answer */
  async #open(opener: Opener): Promise<Session | null> {
    await this.#load();
    const { session } = this.state;
    return session !== null && mayOpen(opener, { id: this.ctx.id.name!, keyId: session.keyId })
      ? session
      : null;
  }

  async #load(): Promise<void> {
    await this.state.load();
    if (this.#queuedAgain) return;
    this.#queuedAgain = true;
    for (const { name, record } of this.state.records()) {
      if (record.status !== 'queued') continue;
      const { id, fingerprint } = record;
      const turn = { id, name, fingerprint, leaseMs: record.work.leaseMs, patientUntil: null };
      this.#apply(turns.arrive(this.queue, turn, Date.now()));
    }
  }

  /** The turns that nobody waits for, one after the other, as long as it is their turn. */
  async #answerQueued(): Promise<void> {
    if (this.#answering) return;
    this.#answering = true;
    try {
      for (let own = this.#ownTurn(); own !== null; own = this.#ownTurn()) await this.#answerOwn(own);
    } finally {
      this.#answering = false;
    }
  }

  #ownTurn(): OwnTurn | null {
    const { current } = this.queue;
    const { session } = this.state;
    if (current === null || session === null) return null;
    const record = this.state.record(current.name);
    return record?.status === 'queued' ? { name: current.name, record, session } : null;
  }

  async #answerOwn({ name, record, session }: OwnTurn): Promise<void> {
    const { id, fingerprint, work } = record;
    const turn = { session, sessionId: this.ctx.id.name!, replyId: id, work };
    // A turn that was queued by an older worker has none.
    const callbackUrl = work.callbackUrl ?? null;
    this.#interest = this.outbox.interest(session.keyId);
    let failure: TurnFailure | null;
    try {
      const answered = await this.answer(turn);
      const remember = { name, fingerprint };
      const outcome = await this.commit(id, {
        ...answered,
        revision: session.revision,
        remember,
        callbackUrl,
      });
      failure = outcome === 'superseded' ? this.failureOf(new ApiError('turn_superseded')) : null;
    } catch (error) {
      failure = this.failureOf(error);
    }
    // What was deleted meanwhile leaves nothing behind.
    if (failure !== null && this.state.session !== null) {
      this.state.remember(name, { ...newRecord(id, fingerprint), status: 'failed', failure });
      const told = this.#event('message.failed', { message_id: id, error: failure });
      if (callbackUrl !== null) this.#tell(session.keyId, [{ ...told, callbackUrl }]);
    }
    this.#apply(turns.end(this.queue, id, { kept: false, now: Date.now() }));
  }

  #admission(decision: turns.Decision, name: string): Admission {
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

  #apply({ queue, decisions }: turns.Step): void {
    this.queue = queue;
    for (const decision of decisions) {
      const caller = this.#callers.get(decision.turnId);
      this.#callers.delete(decision.turnId);
      if (caller !== undefined) caller(decision);
      // Nobody waits for it: it is the alarm's.
      else if (decision.outcome === 'started' && !this.#answering) this.state.wakeBy(Date.now());
    }
    clearTimeout(this.#timer);
    const deadline = turns.nextDeadline(queue);
    if (deadline === null) return;
    const wait = Math.max(0, deadline - Date.now());
    this.#timer = setTimeout(() => this.#apply(turns.settle(this.queue, Date.now())), wait);
  }
}

/** The turn under way where it is one that the object answers itself. */
interface OwnTurn {
  name: string;
  record: TurnRecord & { status: 'queued' };
  session: Session;
}

function newRecord(id: string, fingerprint: string) {
  const acceptedAt = Date.now();
  return { id, fingerprint, acceptedAt, expiresAt: acceptedAt + RECORD_TTL_MS };
}
