import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { ChatMessage } from '../../../../edge/widget/client/chat.ts';
import { browser } from '../../../../edge/widget/client/browser.ts';
import { pauseBefore } from '../../../../edge/widget/client/patience.ts';
import { dropAnswered, formatRecord, parseRecord, putUnsent } from '../../../../edge/widget/client/record.ts';
import { type ChatEvent, EMPTY_CHAT, reduce } from '../../../../edge/widget/client/reduce.ts';
import { browserStorage } from '../../../../edge/widget/client/storage.ts';
import { TandemError } from '../../../../edge/widget/client/tandem-error.ts';
import { shown } from './chats.ts';

const said = (id: string, role: 'user' | 'assistant', fields: Partial<ChatMessage> = {}): ChatMessage => ({
  ...{ id, role, content: id, createdAt: 1_000_000, status: 'done' },
  ...fields,
});
const queued = (id: string): ChatMessage => said(id, 'user', { status: 'queued' });
const stateAfter = (...events: ChatEvent[]) => events.reduce(reduce, EMPTY_CHAT);

describe('how long the client waits by itself', () => {
  it.each([
    ['network', 0, null, 0, 1_000],
    ['network', 0, null, 3, 8_000],
    ['network', 0, null, 40, 30_000],
    ['rate_limit_exceeded', 429, 7_000, 0, 7_000],
    ['rate_limit_exceeded', 429, 60_000, 0, 60_000],
    ['rate_limit_exceeded', 429, 60_001, 0, null],
    ['backend_unavailable', 503, null, 2, 4_000],
    ['backend_unavailable', 503, 1_000, 4, 1_000],
    ['backend_unavailable', 503, 1_000, 5, null],
    ['backend_timeout', 504, 1_000, 0, null],
    ['internal_error', 500, null, 0, null],
    ['invalid_value', 400, null, 0, null],
  ])('after %s (%i), asked for %s ms, the %i. time: %s', (code, status, retryAfterMs, attempt, pauseMs) => {
    expect(pauseBefore(new TandemError(code, '', { status, retryAfterMs }), attempt, 0)).toBe(pauseMs);
  });

  it('is never shorter than it was asked for, and differs between clients', () => {
    const refusal = new TandemError('rate_limit_exceeded', '', { status: 429, retryAfterMs: 10_000 });
    expect(pauseBefore(refusal, 0, 1)).toBe(12_000);
  });
});

describe('what a browser keeps', () => {
  it('comes back as it was', () => {
    const unsent = { id: 'a', content: 'hi', createdAt: 1, status: 'queued' as const };
    const record = putUnsent({ session: 'sess_1', unsent: [] }, unsent);
    expect(parseRecord(formatRecord(record))).toEqual(record);
    expect(formatRecord({ session: null, unsent: [] })).toBeNull();
  });

  it('is nothing where it is nonsense', () => {
    const kept = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ session: fc.anything(), unsent: fc.anything() }).map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(fc.option(kept), (text) => {
        const { session, unsent } = parseRecord(text ?? null);
        expect(session === null || typeof session === 'string').toBe(true);
        for (const { id, content } of unsent)
          expect([typeof id, typeof content]).toEqual(['string', 'string']);
      }),
    );
  });

  it('is without what failed here and was answered all the same', () => {
    const entry = { id: 'a', content: 'hi', createdAt: 1_000_000, status: 'failed' as const };
    const record = { session: 'sess_1', unsent: [entry, { ...entry, id: 'b', status: 'queued' as const }] };
    expect(dropAnswered(record, [said('m', 'user', { content: 'hi' })]).unsent.map(({ id }) => id)).toEqual([
      'b',
    ]);
    const long = said('m', 'user', { content: 'hi', createdAt: 1 });
    expect(dropAnswered(record, [long]).unsent).toHaveLength(2);
  });

  it('keeps what failed though the same was said, and answered, just before', () => {
    const entry = { id: 'a', content: 'hi', createdAt: 1_000, status: 'failed' as const, after: 'r' };
    const history = [said('m', 'user', { content: 'hi' }), said('r', 'assistant')];
    expect(dropAnswered({ session: 'sess_1', unsent: [entry] }, history).unsent).toEqual([entry]);
    const answered = [...history, said('n', 'user', { content: 'hi' })];
    expect(dropAnswered({ session: 'sess_1', unsent: [entry] }, answered).unsent).toEqual([]);
    const twice = [entry, { ...entry, id: 'b' }];
    expect(dropAnswered({ session: 'sess_1', unsent: twice }, answered).unsent).toEqual([twice[1]]);
  });
});

describe('what is shown', () => {
  it('keeps the names of questions that the edge has named anew', () => {
    const answered = stateAfter(
      { type: 'queued', message: queued('a') },
      { type: 'answered', question: 'a', reply: said('r', 'assistant') },
    );
    const history = [said('m', 'user', { content: 'a' }), said('r', 'assistant')];
    expect(reduce(answered, { type: 'history', messages: history, unsent: [] })).toEqual(answered);
  });

  it('has a reply once, though it comes twice', () => {
    const history = [said('m', 'user'), said('r', 'assistant')];
    const state = stateAfter(
      { type: 'history', messages: history, unsent: [queued('a')] },
      { type: 'answered', question: 'a', reply: said('r', 'assistant') },
    );
    expect(state.messages).toEqual(history);
  });

  it('keeps a question whose reply is still being typed when the history has both', () => {
    const streaming = said('r', 'assistant', { status: 'streaming' });
    const history = [said('m', 'user', { content: 'a' }), said('r', 'assistant')];
    const read = stateAfter(
      { type: 'queued', message: queued('a') },
      { type: 'streaming', question: 'a', reply: streaming },
      { type: 'history', messages: history, unsent: [queued('a')] },
    );
    expect(shown(read)).toEqual(['user: a (done)', 'assistant: r (done)']);
    const typed = reduce(read, { type: 'streaming', question: 'a', reply: streaming });
    expect(reduce(typed, { type: 'answered', question: 'a', reply: history[1]! }).messages).toEqual(
      read.messages,
    );
  });

  it('has no reply to a question that was left', () => {
    const state = stateAfter(
      { type: 'queued', message: queued('a') },
      { type: 'history', messages: [], unsent: [] },
      { type: 'streaming', question: 'a', reply: said('r', 'assistant', { status: 'streaming' }) },
    );
    expect(shown(state)).toEqual([]);
  });

  it('loses half a reply when its question is sent again', () => {
    const state = stateAfter(
      { type: 'queued', message: queued('a') },
      { type: 'streaming', question: 'a', reply: said('r', 'assistant', { status: 'streaming' }) },
      { type: 'status', id: 'a', status: 'queued' },
    );
    expect([shown(state), state.phase]).toEqual([['user: a (queued)'], 'waiting']);
  });

  it('is a new state at each change, and none is ever changed', () => {
    const id = fc.constantFrom('a', 'b', 'c');
    const event: fc.Arbitrary<ChatEvent> = fc.oneof(
      id.map((name) => ({ type: 'queued' as const, message: queued(name) })),
      id.map((name) => ({ type: 'status' as const, id: name, status: 'failed' as const })),
      id.map((name) => ({ type: 'answered' as const, question: name, reply: said(`r${name}`, 'assistant') })),
      id.map((name) => ({ type: 'unsent' as const, messages: [queued(name)] })),
      id.map((name) => ({
        type: 'history' as const,
        messages: [said(`m${name}`, 'user'), said(`r${name}`, 'assistant')],
        unsent: [queued(name)],
      })),
      fc.boolean().map((online) => ({ type: 'connection' as const, online })),
    );
    fc.assert(
      fc.property(fc.array(event), (events) => {
        let state = EMPTY_CHAT;
        for (const each of events) {
          const before = JSON.stringify(state);
          const next = reduce(state, each);
          expect(JSON.stringify(state)).toBe(before);
          const ids = next.messages.map((message) => message.id);
          expect(new Set(ids).size).toBe(ids.length);
          state = next;
        }
      }),
    );
  });
});

/** One that takes so many characters. */
function storageOf(first: string, capacity: number) {
  let kept: string | null = first;
  return {
    getItem: () => kept,
    setItem(_: string, text: string) {
      if (text.length > capacity) throw new DOMException('', 'QuotaExceededError');
      kept = text;
    },
    removeItem() {
      kept = null;
    },
  };
}

describe('a browser’s storage', () => {
  it.each([
    [
      'is refused',
      {
        get localStorage(): never {
          throw new DOMException('', 'SecurityError');
        },
      },
    ],
    ['is full', { localStorage: storageOf('old', 3) }],
    ['is not there', {}],
  ])('that %s lasts as long as the page', (_, globals) => {
    Object.defineProperties(globalThis, Object.getOwnPropertyDescriptors(globals));
    try {
      const storage = browserStorage('tandem');
      storage.set('kept');
      expect(storage.get()).toBe('kept');
      storage.set(null);
      expect(storage.get()).toBeNull();
    } finally {
      Reflect.deleteProperty(globalThis, 'localStorage');
    }
  });

  it('that was too full for one message keeps what comes after it: what was erased does not stay for the next visit', () => {
    const localStorage = storageOf('erased', 3);
    Object.assign(globalThis, { localStorage });
    try {
      const storage = browserStorage('tandem');
      storage.set('too long');
      storage.set('new');
      expect([storage.get(), localStorage.getItem()]).toEqual(['new', 'new']);
      storage.set('too long');
      storage.set(null);
      expect([storage.get(), localStorage.getItem()]).toEqual([null, null]);
    } finally {
      Reflect.deleteProperty(globalThis, 'localStorage');
    }
  });

  it('tells of what others have set, and of what they may have set while the page was asleep', () => {
    let calls = 0;
    // The window of this test alone: the clients of others listen to the real one.
    const page = new EventTarget();
    vi.spyOn(browser, 'addEventListener').mockImplementation((type, listener, options) =>
      page.addEventListener(type, listener as (event: Event) => void, options),
    );
    const stop = browserStorage('tandem').subscribe(() => {
      calls += 1;
    });
    vi.restoreAllMocks();
    const happens = (type: string, fields: object) =>
      page.dispatchEvent(Object.assign(new Event(type), fields));
    happens('storage', { key: 'another' });
    happens('pageshow', { persisted: false });
    expect(calls).toBe(0);
    happens('storage', { key: 'tandem' });
    happens('storage', { key: null });
    happens('pageshow', { persisted: true });
    expect(calls).toBe(3);
    stop();
    happens('pageshow', { persisted: true });
    expect(calls).toBe(3);
  });
});
