import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kvSessions } from '../../../edge/session/kv-sessions.ts';
import { createSession, createSessionId, type Session } from '../../../edge/session/session.ts';
import { describeForList, listSessions, type SessionQuery } from '../../../edge/session/session-list.ts';

const NOW = 1_800_000_000;
const made = (changes: Partial<Session> = {}): Session => ({
  ...createSession({ persona: [], metadata: {}, ttlSeconds: 3_600, keyId: null, now: NOW }),
  ...changes,
});

const everything: SessionQuery = { limit: 50, after: null, keyId: null, search: null };

/** KV that lists these names and no more at once than it says, as the real one does. */
function kvWith(sessions: { id: string; session: Session }[], atOnce = 1_000) {
  const keys = sessions
    .map(({ id, session }) => ({ name: `session:${id}`, metadata: describeForList(session) as unknown }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const asked: unknown[] = [];
  const list = async ({ limit, cursor }: { limit: number; cursor: string | null }) => {
    asked.push(cursor);
    const start = Number(cursor ?? 0);
    if (Number.isNaN(start)) throw new Error('KV GET failed: 400');
    const end = start + Math.min(limit, atOnce);
    const list_complete = end >= keys.length;
    return { keys: keys.slice(start, end), list_complete, cursor: list_complete ? undefined : String(end) };
  };
  return { kv: { list } as unknown as KVNamespace, asked, keys };
}

async function allPages(kv: KVNamespace, query: Partial<SessionQuery> = {}) {
  const pages: string[][] = [];
  let after: string | null = null;
  do {
    const page = await listSessions(kv, { ...everything, ...query, after });
    pages.push(page.sessions.map(({ id }) => id));
    after = page.next;
  } while (after !== null);
  return pages;
}

describe('what KV holds to list a session by', () => {
  it('tells when the last message came, and how many there are', () => {
    const session = made({ expiresAt: NOW + 3_700, keyId: 'key_0', metadata: { user: '7' } });
    expect(describeForList(session)).toEqual({
      keyId: 'key_0',
      createdAt: NOW,
      updatedAt: NOW + 100,
      expiresAt: NOW + 3_700,
      messageCount: 0,
      metadata: { user: '7' },
      isMetadataComplete: true,
    });
  });

  it('fits into the 1,024 bytes that KV takes, whatever is written there', () => {
    const text = (max: number) => fc.string({ unit: 'grapheme', maxLength: max });
    fc.assert(
      fc.property(fc.dictionary(text(64), text(512), { maxKeys: 16 }), (metadata) => {
        const keyId = 'key_0123456789ab';
        const described = describeForList(made({ metadata, keyId }));
        expect(new TextEncoder().encode(JSON.stringify(described)).byteLength).toBeLessThanOrEqual(1_024);
        expect(metadata).toMatchObject(described.metadata);
        expect(described.isMetadataComplete).toBe(
          Object.keys(described.metadata).length === Object.keys(metadata).length,
        );
      }),
    );
  });

  it('is written with the session, and read back from its list', async () => {
    const [id, user] = [createSessionId(), crypto.randomUUID()];
    const session = made({ metadata: { user }, expiresAt: Math.floor(Date.now() / 1_000) + 3_600 });
    await kvSessions(env.SESSIONS).put(id, session);
    const { sessions } = await listSessions(env.SESSIONS, { ...everything, search: user });
    expect(sessions).toEqual([{ id, ...describeForList(session) }]);
  });
});

describe('a list of sessions', () => {
  const many = Array.from({ length: 25 }, (_, index) => ({
    id: createSessionId(),
    session: made({ expiresAt: NOW + 3_600 + index, keyId: index % 5 === 0 ? 'key_0' : null }),
  }));
  const newestFirst = many.toReversed().map(({ id }) => id);

  it('has the newest first, in pages without gaps or repeats', async () => {
    const pages = await allPages(kvWith(many).kv, { limit: 10 });
    expect(pages.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(pages.flat()).toEqual(newestFirst);
  });

  it('is sorted over all that KV lists in several parts', async () => {
    const { kv, asked } = kvWith(many, 6);
    expect((await allPages(kv)).flat()).toEqual(newestFirst);
    expect(asked).toEqual([null, '6', '12', '18', '24']);
  });

  it('goes on beyond what is listed for one page, and misses nobody', async () => {
    // Five parts of three make fifteen.
    const pages = await allPages(kvWith(many, 3).kv, { limit: 10 });
    expect(pages.map(({ length }) => length)).toEqual([10, 5, 10]);
    expect(new Set(pages.flat())).toEqual(new Set(newestFirst));
  });

  it('keeps its order where sessions are of the same second', async () => {
    const same = many.map(({ id }) => ({ id, session: made() }));
    const pages = await allPages(kvWith(same).kv, { limit: 4 });
    expect(pages.flat()).toEqual(same.map(({ id }) => id).toSorted());
  });

  it('holds those of a key, or those in which something stands', async () => {
    const { kv } = kvWith([
      ...many,
      { id: 'sess_x', session: made({ metadata: { User: 'Ada@Example.org' } }) },
    ]);
    expect((await allPages(kv, { keyId: 'key_0' })).flat()).toHaveLength(5);
    expect((await allPages(kv, { search: 'ada@ex' })).flat()).toEqual(['sess_x']);
    expect((await allPages(kv, { search: 'USER' })).flat()).toEqual(['sess_x']);
    expect((await allPages(kv, { search: 'nobody' })).flat()).toEqual([]);
  });

  it('leaves out what has no description', async () => {
    const { kv, keys } = kvWith([...many]);
    keys.push({ name: 'session:older', metadata: null });
    expect((await allPages(kv)).flat()).toHaveLength(25);
  });

  it.each(['x', '!', 'bnVsbA', 'WyJubyIsMCwiIl0'])('refuses to go on from "%s"', async (after) => {
    await expect(listSessions(kvWith(many).kv, { ...everything, after })).rejects.toMatchObject({
      code: 'invalid_value',
      param: 'after',
    });
  });
});
