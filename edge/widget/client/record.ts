import type { ChatError, ChatMessage } from './chat.ts';

/** What a browser keeps of a conversation, for the page's next visit and for its other tabs. What was said is at the edge. */
export interface ClientRecord {
  session: string | null;
  /** The id of the latest reply: a tab that does not show it is behind. */
  latest?: string;
  /** Messages that have no reply yet, in the order in which they are to be sent. */
  unsent: Unsent[];
}

export interface Unsent {
  /** The idempotency key. */
  id: string;
  content: string;
  createdAt: number;
  status: 'queued' | 'failed' | 'stopped';
  error?: ChatError;
  /** The id of the last reply when it was first sent: in the session's history it stands behind that one. */
  after?: string;
}

/** Nothing kept, or nothing that can be read, is an empty record. */
export function parseRecord(text: string | null): ClientRecord {
  try {
    const { session, latest, unsent } = JSON.parse(text ?? '{}');
    return {
      session: typeof session === 'string' ? session : null,
      ...(typeof latest === 'string' && { latest }),
      unsent: Array.isArray(unsent) ? unsent.filter(isUnsent) : [],
    };
  } catch {
    return { session: null, unsent: [] };
  }
}

/** Null where there is nothing to keep. */
export function formatRecord(record: ClientRecord): string | null {
  return record.session === null && record.unsent.length === 0 ? null : JSON.stringify(record);
}

/** What is not sent, as it is shown. */
export function unsentMessages({ unsent }: ClientRecord): ChatMessage[] {
  return unsent.map(unsentMessage);
}

export function unsentMessage({ after: _, ...entry }: Unsent): ChatMessage {
  return { ...entry, role: 'user', idempotencyKey: entry.id };
}

/** The record after a message was taken, or is in another status; it goes to the end where it is to be sent again. */
export function putUnsent(record: ClientRecord, entry: Unsent): ClientRecord {
  const { id, content, createdAt, status, error, after } = entry;
  const kept = { id, content, createdAt, status, ...(error && { error }), ...(after && { after }) };
  const isNew = !record.unsent.some((other) => other.id === id);
  const unsent =
    isNew || status === 'queued'
      ? [...dropUnsent(record, id).unsent, kept]
      : record.unsent.map((other) => (other.id === id ? kept : other));
  return { ...record, unsent };
}

/** The record once a message has its reply. */
export function dropUnsent(record: ClientRecord, id: string): ClientRecord {
  return { ...record, unsent: record.unsent.filter((entry) => entry.id !== id) };
}

// Clocks differ, and the edge tells whole seconds.
const CLOCKS_DIFFER_MS = 120_000;

/**
 * The record without what had failed or was stopped here, and was answered all the same: the history has it. Nothing in the
 * history is more than one of these.
 */
export function dropAnswered(record: ClientRecord, history: readonly ChatMessage[]): ClientRecord {
  const rest = [...history];
  const unsent = record.unsent.filter((entry) => {
    const at = entry.status === 'queued' ? -1 : findSaid(entry, rest);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return { ...record, unsent };
}

/**
 * Where a history has a message, or -1. It tells no idempotency keys; what was said of old in the same words is not it.
 */
export function findSaid({ content, createdAt, after }: Unsent, history: readonly ChatMessage[]): number {
  const before = history.findIndex(({ id }) => id === after);
  return history.findIndex(
    (message, index) =>
      index > before &&
      message.role === 'user' &&
      message.status === 'done' &&
      message.content === content &&
      message.createdAt > createdAt - CLOCKS_DIFFER_MS,
  );
}

function isUnsent(value: unknown): value is Unsent {
  const { id, content, createdAt, status } = Object(value);
  return (
    typeof id === 'string' &&
    typeof content === 'string' &&
    typeof createdAt === 'number' &&
    ['queued', 'failed', 'stopped'].includes(status)
  );
}
