import type { ChatStore } from './chat-store.ts';
import type { Connection } from './connection.ts';
import { chatMessage, type EdgeApi } from './edge-api.ts';
import { pauseBefore } from './patience.ts';
import { dropAnswered } from './record.ts';
import { asTandemError, chatError, isSessionGone } from './tandem-error.ts';

interface SessionParts {
  store: ChatStore;
  edge: EdgeApi;
  connection: Connection;
  life: AbortSignal;
  persona: string[] | undefined;
}

/** The session of the conversation: made when it is needed, read back, left. */
export class KeptSession {
  readonly #parts: SessionParts;
  #reads = 0;
  #person: Record<string, string> | null = null;
  /** The session's metadata as JSON; null where it is not known. */
  #told: string | null = null;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** The id of the session to speak in; where there is none it is made. */
  async id(signal: AbortSignal): Promise<string> {
    const { store, edge, persona } = this.#parts;
    const { session: kept } = store.record;
    if (kept !== null) return kept;
    const body = { ...(persona && { persona }), ...(this.#person && { metadata: this.#person }) };
    const made = await edge.createSession(body, signal);
    // Without locks another tab may have been faster: one conversation has one session.
    const { session: other } = store.record;
    if (other !== null) {
      edge.deleteSession(made.id).catch(() => {});
      return other;
    }
    this.#told = JSON.stringify(made.metadata);
    store.keep((record) => ({ ...record, session: made.id }));
    store.dispatch({ type: 'session', sessionId: made.id });
    // Who the person is may have been said meanwhile.
    void this.#tell().catch(() => {});
    return made.id;
  }

  /** The edge has it no more: what is shown of it goes, what is unsent stays, and the next message makes another. */
  expire(session: string): void {
    const { store } = this.#parts;
    if (store.record.session !== session) return;
    store.keep(({ unsent }) => ({ session: null, unsent }));
    this.show(null, 'expired');
  }

  /** Shows another session, or a new one, with what is unsent. */
  show(sessionId: string | null, type: 'progress' | 'expired' | 'reset'): void {
    const { store } = this.#parts;
    this.#told = null;
    store.dispatch({ type: 'session', sessionId });
    store.dispatch({ type: 'history', messages: [], unsent: store.unsent() }, { type });
  }

  /**
   * Reads back what was said. Without a connection, or asked for patience, it tries again by itself later.
   * @throws {TandemError} where the edge refuses
   */
  async read(attempt = 0): Promise<void> {
    const { store, edge, connection, life } = this.#parts;
    const { session } = store.record;
    if (session === null) return;
    this.#reads += 1;
    const read = this.#reads;
    // A newer read, or another session, makes this one's answer worthless.
    const isCurrent = () => read === this.#reads && store.record.session === session && !life.aborted;
    const latest = store.latestReply;
    try {
      const { messages, metadata } = await edge.readSession(session);
      if (!isCurrent()) return;
      // It may be from before a reply that came meanwhile.
      if (store.latestReply !== latest) return this.read();
      this.#told = JSON.stringify(metadata);
      const said = messages.map(chatMessage);
      store.keep((record) => dropAnswered(record, said));
      store.dispatch({ type: 'history', messages: said, unsent: store.unsent() }, { type: 'history' });
    } catch (thrown) {
      if (!isCurrent()) return;
      const error = asTandemError(thrown);
      if (isSessionGone(error)) return this.expire(session);
      const pauseMs = pauseBefore(error, attempt, Math.random());
      if (pauseMs === null) {
        store.tell({ type: 'error', error: chatError(error, Date.now()) });
        throw error;
      }
      void connection
        .pause(pauseMs)
        .then(() => (isCurrent() ? this.read(attempt + 1) : undefined))
        .catch(() => {});
      return;
    }
    await this.#tell().catch(() => {});
  }

  /** Says who the person is, at once or when there is a session. */
  async identify(person: Record<string, string>): Promise<void> {
    this.#person = person;
    // What is not known of the session is read when it is opened, and told then.
    if (this.#told !== null) await this.#tell();
  }

  async #tell(): Promise<void> {
    const { store, edge } = this.#parts;
    const { session } = store.record;
    const told = JSON.stringify(this.#person);
    if (session === null || this.#person === null || told === this.#told) return;
    await edge.setMetadata(session, this.#person);
    this.#told = told;
  }
}
