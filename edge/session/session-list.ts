import { decodeBase64Url } from 'hono/utils/encode';
import * as z from 'zod';
import { base64Url } from '../base64url.ts';
import { ApiError } from '../errors.ts';
import type { Session } from './session.ts';

/** In KV: this and a session's id. */
export const SESSION_PREFIX = 'session:';

/** What is known of a session without reading it. Times are seconds since 1970. */
export interface SessionSummary {
  id: string;
  keyId: string | null;
  createdAt: number;
  /** When the last message came, or the last change. */
  updatedAt: number;
  expiresAt: number;
  messageCount: number;
  /** The client's own notes, as many as fit. */
  metadata: Record<string, string>;
  isMetadataComplete: boolean;
}

// KV's metadata has 1,024 bytes; what is not the client's takes less than 200 of them.
const MAX_METADATA_BYTES = 800;

const describedSchema = z.object({
  keyId: z.string().nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
  expiresAt: z.number(),
  messageCount: z.number(),
  metadata: z.record(z.string(), z.string()),
  isMetadataComplete: z.boolean(),
});

/** KV's metadata of a session, by which it is listed and found without being read. */
export function describeForList(session: Session): Omit<SessionSummary, 'id'> {
  const { keyId, createdAt, expiresAt, ttlSeconds, messages, metadata } = session;
  const fitting = fittingMetadata(metadata);
  return {
    keyId,
    createdAt,
    updatedAt: expiresAt - ttlSeconds,
    expiresAt,
    messageCount: messages.length,
    metadata: fitting,
    isMetadataComplete: Object.keys(fitting).length === Object.keys(metadata).length,
  };
}

/** The entries that fit, in their order; after the first that does not there are none. */
function fittingMetadata(metadata: Record<string, string>): Record<string, string> {
  const fitting: Record<string, string> = {};
  let bytes = 2;
  for (const [name, value] of Object.entries(metadata)) {
    bytes += new TextEncoder().encode(`${JSON.stringify(name)}:${JSON.stringify(value)},`).byteLength;
    if (bytes > MAX_METADATA_BYTES) break;
    fitting[name] = value;
  }
  return fitting;
}

export interface SessionQuery {
  /** Most sessions of a page. */
  limit: number;
  /** `next` of an earlier page. */
  after: string | null;
  /** The key that they were made with. */
  keyId: string | null;
  /** What stands in their id, their key's id or their metadata, in any case of letters. */
  search: string | null;
}

interface SessionPage {
  sessions: SessionSummary[];
  next: string | null;
}

/** KV lists so many keys at once, and so often it is asked for a page. */
const LIST_LIMIT = 1_000;
const LISTS = 5;

/**
 * Sessions by their last message, the newest first. KV lists keys by name, and a session's is random: so 5,000 are
 * listed and sorted, and where there are more, the next 5,000 come after them, sorted anew. KV's list is up to a minute
 * behind, and a session's object half a minute ahead of KV.
 * @throws {ApiError} invalid_value for an `after` that is none
 * @throws {Error} KV's
 */
export async function listSessions(kv: KVNamespace, query: SessionQuery): Promise<SessionPage> {
  const place = query.after === null ? FIRST_PLACE : readPlace(query.after);
  const { found, nextCursor } = await listWindow(kv, place.cursor);
  const sessions = found
    .filter((session) => isSought(session, query))
    .toSorted(byLastMessage)
    .filter((session) => place.last === null || byLastMessage(place.last, session) < 0);
  const page = sessions.slice(0, query.limit);
  if (sessions.length > page.length)
    return { sessions: page, next: writePlace({ cursor: place.cursor, last: page.at(-1)! }) };
  return { sessions: page, next: nextCursor && writePlace({ cursor: nextCursor, last: null }) };
}

async function listWindow(kv: KVNamespace, from: string | null) {
  const found: SessionSummary[] = [];
  let cursor = from;
  for (let list = 0; list < LISTS; list++) {
    const page = await kv
      .list({ prefix: SESSION_PREFIX, limit: LIST_LIMIT, cursor })
      .catch((error) => (cursor === null ? Promise.reject(error) : wrongPlace(error)));
    for (const { name, metadata } of page.keys) {
      const described = describedSchema.safeParse(metadata);
      if (described.success) found.push({ id: name.slice(SESSION_PREFIX.length), ...described.data });
    }
    if (page.list_complete) return { found, nextCursor: null };
    cursor = page.cursor;
  }
  return { found, nextCursor: cursor };
}

function isSought(session: SessionSummary, { keyId, search }: SessionQuery): boolean {
  if (keyId !== null && session.keyId !== keyId) return false;
  if (search === null) return true;
  const sought = search.toLowerCase();
  const { id, metadata } = session;
  const texts = [id, session.keyId ?? '', ...Object.entries(metadata).flat()];
  return texts.some((text) => text.toLowerCase().includes(sought));
}

type Position = Pick<SessionSummary, 'updatedAt' | 'id'>;

function byLastMessage(one: Position, other: Position): number {
  return other.updatedAt - one.updatedAt || (one.id < other.id ? -1 : Number(one.id > other.id));
}

/** Where a page ended: within which 5,000, and after which of them. */
interface Place {
  cursor: string | null;
  last: Position | null;
}

const FIRST_PLACE: Place = { cursor: null, last: null };
const placeSchema = z.tuple([z.string().nullable(), z.number(), z.string()]);

function writePlace({ cursor, last }: Place): string {
  const place: z.infer<typeof placeSchema> = [cursor, last?.updatedAt ?? 0, last?.id ?? ''];
  return base64Url(new TextEncoder().encode(JSON.stringify(place)));
}

function readPlace(text: string): Place {
  try {
    const json = new TextDecoder().decode(decodeBase64Url(text));
    const [cursor, updatedAt, id] = placeSchema.parse(JSON.parse(json));
    return { cursor, last: id === '' ? null : { updatedAt, id } };
  } catch (error) {
    return wrongPlace(error);
  }
}

function wrongPlace(cause: unknown): never {
  const message = 'after: must be the "next" of an earlier page.';
  throw new ApiError('invalid_value', { param: 'after', message, cause });
}
