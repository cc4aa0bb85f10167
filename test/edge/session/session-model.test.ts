import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RECORD_TTL_MS } from '../../../edge/session/turn-record.ts';
import { ANSWER_AGAIN_MS, QUIET_MS, WRITE_DELAY_MS } from '../../../edge/session/upkeep.ts';
import { type BackendFetch, json, sayBack, testApp } from '../test-app.ts';
import { alarmAfter, breakDown, createSession, history, injectKv, say, stored } from './sessions.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type Event =
  | { type: 'say'; key: number | null }
  | { type: 'queue'; breaks: boolean }
  | { type: 'break' | 'write' | 'rest' | 'refuse' | 'stale' | 'edit' | 'fail' };

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('say' as const), key: fc.option(fc.nat(3)) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('queue' as const), breaks: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constantFrom(...(['break', 'write', 'rest', 'refuse', 'stale', 'edit', 'fail'] as const)),
    }),
  },
);

describe('a session, whatever happens between its turns', () => {
  it('has every accepted turn once and in order, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 25 }), async (events) => {
        // The time of all runs together is more than a session lives.
        vi.useRealTimers();
        let replies = 0;
        let fails = false;
        const backend: BackendFetch = (...call) => {
          if (fails) return Promise.reject(new Error('reset'));
          replies += 1;
          return sayBack(`reply ${replies}`)(...call);
        };
        const app = testApp({ backend });
        vi.spyOn(globalThis, 'fetch').mockImplementation((url, init) => backend(String(url), init ?? {}));
        const id = await createSession(app);
        const expected: string[] = [];
        const answered = new Map<number, string>();
        const copies: string[] = [];
        for (const [index, { type, ...choice }] of events.entries()) {
          const copy = await env.SESSIONS.get(`session:${id}`);
          if (copy !== null) copies.push(copy);
          if (type === 'say') {
            const { key } = choice as { key: number | null };
            const content = key === null ? `message ${index}` : `keyed ${key}`;
            const headers = key === null ? {} : { 'idempotency-key': `k${key}` };
            const body = await json(say(app, id, content, headers as Record<string, string>));
            expect(body.stored).toBe(true);
            if (key !== null && answered.has(key)) {
              expect(body.content).toBe(answered.get(key));
            } else {
              expected.push(`user: ${content}`, `assistant: ${body.content}`);
              if (key !== null) answered.set(key, body.content);
            }
          }
          if (type === 'queue') {
            const content = `message ${index}`;
            const body = { content, async: true };
            const accepted = await app.request('POST', `/v1/sessions/${id}/messages`, { body });
            expect(accepted.status).toBe(202);
            if ((choice as { breaks: boolean }).breaks) await breakDown(id);
            await alarmAfter(id, ANSWER_AGAIN_MS);
            const newest = async () => (await history(app, id)).slice(expected.length);
            await vi.waitFor(
              async () => expect(await newest()).toEqual([`user: ${content}`, `assistant: reply ${replies}`]),
              // On a slow machine.
              { timeout: 10_000 },
            );
            expected.push(`user: ${content}`, `assistant: reply ${replies}`);
          }
          if (type === 'fail') {
            fails = true;
            expect((await say(app, id, 'lost')).status).toBe(503);
            fails = false;
          }
          if (type === 'edit') await app.request('PATCH', `/v1/sessions/${id}`, { body: { metadata: {} } });
          if (type === 'break') await breakDown(id);
          if (type === 'write') await alarmAfter(id, WRITE_DELAY_MS);
          if (type === 'rest') {
            // As long as keys are remembered, and until KV alone has it.
            await alarmAfter(id, RECORD_TTL_MS + QUIET_MS);
            answered.clear();
          }
          if (type === 'refuse') await injectKv(id, { put: () => Promise.reject(new Error('KV: 429')) });
          // KV is stale, or without the key, only as long as the object does not rely on it.
          if (type === 'stale' && (await stored(id)).keys.includes('held')) {
            const older = copies[index % copies.length];
            if (older === undefined) await env.SESSIONS.delete(`session:${id}`);
            else await env.SESSIONS.put(`session:${id}`, older);
            await app.request('PATCH', `/v1/sessions/${id}`, { body: { metadata: {} } });
          }
        }
        expect(await history(app, id)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  }, 120_000);
});
