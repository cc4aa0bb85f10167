import { describe, expect, it } from 'vitest';
import {
  addExchange,
  createMessageId,
  createSession,
  createSessionId,
  editSession,
  isSessionId,
  MAX_MESSAGES,
  MAX_TRANSCRIPT_CHARS,
  type Message,
  type Session,
} from '../../../edge/session/session.ts';
import { rateReply } from '../../../edge/session/feedback.ts';

const exchange = (content: string, createdAt = 1_000, ids = [5, 2]): [Message, Message] => [
  { id: createMessageId(), role: 'user', content, createdAt },
  { id: createMessageId(), role: 'assistant', content: `re: ${content}`, ids, createdAt },
];
const empty = createSession({
  keyId: 'key_a',
  persona: ['i bake.'],
  metadata: {},
  ttlSeconds: 60,
  now: 1_000,
});
const sessionAfter = (exchanges: [Message, Message][]): Session => exchanges.reduce(addExchange, empty);
const contents = ({ messages }: Session) => messages.map(({ content }) => content);

describe('a session', () => {
  it.each([
    ['session', createSessionId, isSessionId],
    ['message', createMessageId, (text: string) => /^msg_[\w-]{22}$/.test(text)],
  ])('has ids that nobody guesses: %s', (_, create, isId) => {
    const ids = Array.from({ length: 1_000 }, create);
    expect(new Set(ids).size).toBe(1_000);
    expect(ids.every(isId)).toBe(true);
    expect(['', 'x', `${ids[0]}a`, ids[0]!.slice(0, -1), ` ${ids[0]}`].some(isId)).toBe(false);
  });

  it('grows by an exchange, and its expiry moves on', () => {
    const session = addExchange(empty, exchange('hi', 1_500));
    expect(contents(session)).toEqual(['hi', 're: hi']);
    expect(session).toMatchObject({ createdAt: 1_000, expiresAt: 1_560, persona: ['i bake.'], revision: 2 });
    expect(empty.messages).toEqual([]);
  });

  it('changes where it is edited and nowhere else, and lives on from then', () => {
    const edited = editSession(
      sessionAfter([exchange('hi')]),
      { persona: ['i sing.'], ttlSeconds: 100 },
      2_000,
    );
    expect(edited).toMatchObject({
      persona: ['i sing.'],
      metadata: {},
      keyId: 'key_a',
      ttlSeconds: 100,
      expiresAt: 2_100,
      revision: 3,
    });
    expect(contents(edited)).toEqual(['hi', 're: hi']);
  });

  it('keeps the newest exchanges where there are too many', () => {
    const session = sessionAfter(
      Array.from({ length: MAX_MESSAGES / 2 + 3 }, (_, index) => exchange(`message ${index}`)),
    );
    expect(session.messages).toHaveLength(MAX_MESSAGES);
    expect(session.messages[0]).toMatchObject({ role: 'user', content: 'message 3' });
  });

  it('keeps the newest exchanges where they are too long', () => {
    const long = 'a'.repeat(MAX_TRANSCRIPT_CHARS / 4);
    const session = sessionAfter(['1', '2', '3'].map((first) => exchange(first + long)));
    expect(contents(session).map((content) => content[0])).toEqual(['3', 'r']);
  });

  it('counts the model’s ids with the text', () => {
    const many = new Array<number>(MAX_TRANSCRIPT_CHARS / 10).fill(1_000);
    const session = sessionAfter([exchange('1', 1_000, many), exchange('2', 1_000, many), exchange('3')]);
    expect(contents(session)).toEqual(['2', 're: 2', '3', 're: 3']);
  });

  it('keeps the newest exchange in any case', () => {
    expect(
      sessionAfter([exchange('first'), exchange('a'.repeat(MAX_TRANSCRIPT_CHARS))]).messages,
    ).toHaveLength(2);
  });

  it('stays below what a row of an object holds, whatever is written of its replies', () => {
    let session = sessionAfter(Array.from({ length: 500 }, (_, index) => exchange(String(index))));
    const comment = '語'.repeat(2_000);
    for (const { id } of session.messages.filter(({ role }) => role === 'assistant').reverse()) {
      const rated = rateReply(session, id, { rating: 'up', comment, createdAt: 1_000 });
      if (rated.outcome === 'kept') session = rated.session;
    }
    expect(contents(session).at(-1)).toBe('re: 499');
    expect(JSON.stringify(session).length * 2).toBeLessThan(2_000_000);
  });

  it('stays below what a row of an object holds, whatever is written in it', () => {
    // Two bytes a character at most, as V8 writes them; and 2 MB a row.
    const session = sessionAfter(
      Array.from({ length: 200 }, () =>
        exchange('語'.repeat(4_000), 1_000, new Array<number>(128).fill(8_000)),
      ),
    );
    expect(JSON.stringify(session).length * 2).toBeLessThan(2_000_000);
  });
});
