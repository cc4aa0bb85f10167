import { abortAllDurableObjects, evictDurableObject } from 'cloudflare:test';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMessageId } from '../../../edge/session/session.ts';
import { sessionsIn } from '../../../edge/session/sessions.ts';
import { RECORD_TTL_MS } from '../../../edge/session/turn-record.ts';
import {
  alarmAfter,
  createSession,
  history,
  objectOf,
  passTime,
  say,
  stored,
  waitingTurns,
} from '../session/sessions.ts';
import { heldBackend, json, prompt, sayBack, type TestApp, testApp } from '../test-app.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const post = (app: TestApp, id: string, body: object, headers: Record<string, string> = {}) =>
  app.request('POST', `/v1/sessions/${id}/messages`, { body, headers });
const get = (app: TestApp, path: string) => app.request('GET', `/v1/sessions/${path}`);
const keyed = (key: string) => ({ 'idempotency-key': key });

/** A backend that counts its replies: "reply 1", "reply 2", … */
function countingBackend() {
  let replies = 0;
  return (...call: Parameters<ReturnType<typeof sayBack>>) => {
    replies += 1;
    return sayBack(`reply ${replies}`)(...call);
  };
}

/** The backend of the worker itself, which answers what is asked without anybody waiting. */
function workersBackend(backend: ReturnType<typeof sayBack>) {
  return vi.spyOn(globalThis, 'fetch').mockImplementation((url, init) => backend(String(url), init ?? {}));
}

describe('an Idempotency-Key', () => {
  it('gives the same answer to the same request, and keeps the turn once', async () => {
    const app = testApp({ backend: countingBackend() });
    const id = await createSession(app);
    const first = await say(app, id, 'hi', keyed('k'));
    const again = await say(app, id, 'hi', keyed('k'));
    expect(again.status).toBe(200);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await again.text()).toBe(await first.text());
    expect(await history(app, id)).toEqual(['user: hi', 'assistant: reply 1']);
    expect(app.requests).toHaveLength(1);
  });

  it('does so at the same time: the others wait for the first', async () => {
    const { backend, nthAsked } = heldBackend();
    const app = testApp({ backend });
    const id = await createSession(app);
    const answers = Array.from({ length: 5 }, () => say(app, id, 'hi', keyed('k')));
    const asked = await nthAsked(1);
    await vi.waitFor(() => expect(waitingTurns(id)).resolves.toBe(4));
    asked.answer('hello');
    const bodies = await Promise.all(answers.map(async (answer) => (await answer).text()));
    expect(new Set(bodies).size).toBe(1);
    expect(await history(app, id)).toEqual(['user: hi', 'assistant: hello']);
    expect(app.requests).toHaveLength(1);
  });

  it('is remembered by an object that starts again, for a day, and not longer', async () => {
    const app = testApp({ backend: countingBackend() });
    const id = await createSession(app);
    await say(app, id, 'hi', keyed('k'));
    await evictDurableObject(objectOf(id));
    expect((await json(say(app, id, 'hi', keyed('k')))).content).toBe('reply 1');
    passTime(RECORD_TTL_MS);
    expect((await json(say(app, id, 'hi', keyed('k')))).content).toBe('reply 2');
    await alarmAfter(id, 2 * RECORD_TTL_MS);
    expect((await stored(id)).keys.filter((key) => key.startsWith('turn:'))).toEqual([]);
  });

  it('is refused with another body, while the first is under way and after', async () => {
    const { backend, nthAsked } = heldBackend();
    const app = testApp({ backend });
    const id = await createSession(app);
    const first = say(app, id, 'hi', keyed('k'));
    const asked = await nthAsked(1);
    const during = await say(app, id, 'ho', keyed('k'));
    asked.answer('hello');
    await first;
    for (const response of [
      during,
      await say(app, id, 'ho', keyed('k')),
      await post(app, id, { content: 'hi', seed: 1 }, keyed('k')),
      await post(app, id, { content: 'hi', async: true }, keyed('k')),
    ]) {
      expect(response.status).toBe(422);
      expect((await json(response)).error).toMatchObject({
        code: 'idempotency_key_reused',
        param: 'Idempotency-Key',
      });
    }
    expect(await history(app, id)).toEqual(['user: hi', 'assistant: hello']);
  });

  it('knows the same request where null stands for what was left out, and where its members changed places', async () => {
    const app = testApp({ backend: countingBackend() });
    const id = await createSession(app);
    await post(app, id, { content: 'hi', seed: 1 }, keyed('k'));
    for (const body of [
      { content: 'hi', seed: 1, temperature: null, async: null },
      { seed: 1, content: 'hi' },
    ]) {
      const again = await post(app, id, body, keyed('k'));
      expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    }
    expect(app.requests).toHaveLength(1);
  });

  it('may be tried again after a failure', async () => {
    let isAway = true;
    const app = testApp({
      backend: (...call) => (isAway ? Promise.reject(new Error()) : sayBack('hello')(...call)),
    });
    const id = await createSession(app);
    expect((await say(app, id, 'hi', keyed('k'))).status).toBe(503);
    isAway = false;
    expect((await json(say(app, id, 'hi', keyed('k')))).content).toBe('hello');
  });

  it('is a session’s own', async () => {
    const app = testApp({ backend: countingBackend() });
    const contents: string[] = [];
    for (const id of [await createSession(app), await createSession(app)])
      contents.push((await json(say(app, id, 'hi', keyed('k')))).content);
    expect(contents).toEqual(['reply 1', 'reply 2']);
  });

  it.each(['', 'two words', 'ümlaut', 'a'.repeat(256)])('is refused as "%s"', async (key) => {
    const app = testApp();
    const response = await say(
      app,
      await createSession(app),
      'hi',
      keyed(encodeURI(key) === key ? key : `${key} `),
    );
    expect(response.status).toBe(400);
    expect((await json(response)).error).toMatchObject({ code: 'invalid_value', param: 'Idempotency-Key' });
  });
});

describe('a message whose reply is not awaited', () => {
  it.each([
    ['Prefer: respond-async', { content: 'hi' }, { prefer: 'wait=10, respond-async' }],
    ['"async": true', { content: 'hi', async: true }, {}],
  ])('is accepted with the address of its reply, by %s', async (_, body, headers) => {
    workersBackend(sayBack('hello'));
    const app = testApp();
    const id = await createSession(app);
    const response = await post(app, id, body, headers);
    expect(response.status).toBe(202);
    expect(response.headers.get('preference-applied')).toBe('respond-async');
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    const accepted = await json(response);
    const location = response.headers.get('location')!;
    expect(location).toBe(`/v1/sessions/${id}/messages/${accepted.id}`);
    expect(accepted).toMatchObject({
      object: 'session.message',
      status: 'queued',
      role: 'assistant',
      session_id: id,
    });
    const reply = await vi.waitFor(async () => {
      const polled = await json(app.request('GET', location));
      expect(polled.status).toBe('completed');
      return polled;
    });
    expect(reply).toMatchObject({ id: accepted.id, content: 'hello', stored: true, finish_reason: 'stop' });
    expect(await history(app, id)).toEqual(['user: hi', 'assistant: hello']);
    // The tests' own edge was not asked: the object answered by itself.
    expect(app.requests).toEqual([]);
  });

  it('has its place among the others', async () => {
    workersBackend(sayBack('by the object'));
    const { backend, nthAsked } = heldBackend();
    const app = testApp({ backend });
    const id = await createSession(app);
    const first = say(app, id, 'first');
    const asked = await nthAsked(1);
    const { id: second } = await json(post(app, id, { content: 'second', async: true }));
    const third = say(app, id, 'third');
    expect(await json(get(app, `${id}/messages/${second}`))).toMatchObject({ status: 'queued' });
    asked.answer('one');
    await first;
    (await nthAsked(2)).answer('three');
    await third;
    expect(await history(app, id)).toEqual([
      ...['user: first', 'assistant: one', 'user: second', 'assistant: by the object'],
      ...['user: third', 'assistant: three'],
    ]);
    expect(prompt(app.requests[1])).toContain('by the object');
  });

  it('is answered though the object broke down before it could', async () => {
    const { backend, nthAsked } = heldBackend();
    const app = testApp({ backend });
    const id = await createSession(app);
    const first = say(app, id, 'first');
    const asked = await nthAsked(1);
    const { id: queued } = await json(post(app, id, { content: 'second', async: true }));
    const fetches = workersBackend(sayBack('at last'));
    await abortAllDurableObjects();
    // The object starts again for whatever comes next, and takes up what it had accepted.
    expect(await json(get(app, `${id}/messages/${queued}`))).toMatchObject({ id: queued });
    await vi.waitFor(async () =>
      expect(await json(get(app, `${id}/messages/${queued}`))).toMatchObject({ content: 'at last' }),
    );
    expect(fetches).toHaveBeenCalledTimes(1);
    asked.answer('too late');
    expect((await first).status).toBe(409);
    expect(await history(app, id)).toEqual(['user: second', 'assistant: at last']);
  });

  it('is answered once by one key, however often it is sent', async () => {
    const fetches = workersBackend(sayBack('hello'));
    const app = testApp();
    const id = await createSession(app);
    const send = () => post(app, id, { content: 'hi', async: true }, keyed('k'));
    const { id: message } = await json(send());
    expect((await json(send())).id).toBe(message);
    await vi.waitFor(async () => expect((await json(send())).status).toBe('completed'));
    expect((await send()).headers.get('idempotent-replayed')).toBe('true');
    expect(await history(app, id)).toHaveLength(2);
    expect(fetches).toHaveBeenCalledTimes(1);
  });

  it('tells why there is no reply, and can be sent again', async () => {
    workersBackend(() => Promise.reject(new Error('connection reset by 10.0.0.1')));
    const app = testApp();
    const id = await createSession(app);
    const send = () => post(app, id, { content: 'hi', async: true }, keyed('k'));
    const { id: message } = await json(send());
    const failed = await vi.waitFor(async () => {
      const polled = await json(get(app, `${id}/messages/${message}`));
      expect(polled.status).toBe('failed');
      return polled;
    });
    expect(failed.error).toEqual({
      code: 'backend_unavailable',
      message: expect.stringMatching(/^The model .*\.$/),
    });
    expect(await history(app, id)).toEqual([]);
    vi.restoreAllMocks();
    workersBackend(sayBack('hello'));
    await send();
    await vi.waitFor(async () => expect(await history(app, id)).toEqual(['user: hi', 'assistant: hello']));
  });

  it('of a session that is deleted leaves nothing', async () => {
    const { backend, nthAsked } = heldBackend();
    workersBackend(backend);
    const app = testApp();
    const id = await createSession(app);
    const { id: message } = await json(post(app, id, { content: 'hi', async: true }));
    const asked = await nthAsked(1);
    await app.request('DELETE', `/v1/sessions/${id}`);
    asked.answer('hello');
    await vi.waitFor(async () => expect((await stored(id)).keys).toEqual(['held']));
    expect((await get(app, `${id}/messages/${message}`)).status).toBe(404);
  });
});

describe('where the session cannot be reached', () => {
  const id = 'sess_AAAAAAAAAAAAAAAAAAAAAA';

  it('goes on from what the client says was said, and tells that nothing is kept', async () => {
    const app = testApp({
      // The first one has been said: the next beam serves.
      backend: sayBack('Hey!', 'hello'),
      dependencies: {
        sessions: sessionsIn(() => {
          throw new Error('the object is on fire');
        }),
      },
    });
    const messages = [
      { role: 'system', content: 'i bake.' },
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'hey' },
    ];
    const response = await post(app, id, { content: 'how are you?', messages });
    expect(response.status).toBe(200);
    expect(await json(response)).toMatchObject({ content: 'hello', stored: false, session_id: id });
    expect(prompt(app.requests[0])).toBe(' your persona: i bake.   hi   hey   how are you?');

    const without = await post(app, id, { content: 'how are you?' });
    expect([without.status, without.headers.get('retry-after')]).toEqual([503, '5']);
    expect((await json(without)).error.code).toBe('session_store_unavailable');
  });

  it('gives the reply though it could not be kept, and says so', async () => {
    const app = testApp({ backend: sayBack('hello') });
    const session = await createSession(app);
    const flaky = testApp({
      backend: sayBack('hello'),
      dependencies: {
        sessions: sessionsIn((name) => {
          const object = objectOf(name);
          return {
            begin: (...given: Parameters<typeof object.begin>) => object.begin(...given),
            commit: () => Promise.reject(new Error('reset')),
            release: (...given: Parameters<typeof object.release>) => object.release(...given),
          } as never;
        }),
      },
    });
    expect(await json(say(flaky, session, 'hi'))).toMatchObject({ content: 'hello', stored: false });
    expect(await history(app, session)).toEqual([]);
  });

  it('leaves a turn to the next one that it was given and never heard of', async () => {
    const app = testApp({ backend: sayBack('hello') });
    const session = await createSession(app);
    const deaf = testApp({
      dependencies: {
        sessions: sessionsIn((name) => {
          const object = objectOf(name);
          return {
            begin: async (...given: Parameters<typeof object.begin>) => {
              await object.begin(...given);
              throw new Error('reset');
            },
            release: (...given: Parameters<typeof object.release>) => object.release(...given),
          } as never;
        }),
      },
    });
    expect((await say(deaf, session, 'hi')).status).toBe(503);
    expect((await say(app, session, 'hello?')).status).toBe(200);
    expect(await history(app, session)).toEqual(['user: hello?', 'assistant: hello']);
  });

  it('asks twice where the runtime says that it may help, and keeps the turn once', async () => {
    const app = testApp({ backend: sayBack('hello') });
    const session = await createSession(app);
    let calls = 0;
    // Every call reaches the object, and every first answer is lost on the way back.
    const lossy = testApp({
      backend: sayBack('hello'),
      dependencies: {
        sessions: sessionsIn(
          (name) =>
            new Proxy(objectOf(name), {
              get:
                (object, method: 'begin' | 'commit') =>
                async (...given: never[]) => {
                  const answer = await (object[method] as (...given: never[]) => Promise<unknown>)(...given);
                  calls += 1;
                  if (calls % 2 === 1) throw Object.assign(new Error('lost'), { retryable: true });
                  return answer;
                },
            }) as never,
        ),
      },
    });
    expect(await json(say(lossy, session, 'hi'))).toMatchObject({ content: 'hello', stored: true });
    expect(calls).toBe(4);
    expect(await history(app, session)).toEqual(['user: hi', 'assistant: hello']);
  });
});

describe('GET /v1/sessions/{id}/messages', () => {
  it('gives the history in pages, oldest first', async () => {
    const app = testApp({ backend: countingBackend() });
    const id = await createSession(app);
    for (const content of ['a', 'b', 'c']) await say(app, id, content);
    const seen: string[] = [];
    let after = '';
    for (let pages = 0; pages < 3; pages++) {
      const page = await json(get(app, `${id}/messages?limit=2${after}`));
      expect(page).toMatchObject({ object: 'list', has_more: pages < 2 });
      expect([page.first_id, page.last_id]).toEqual([page.data[0].id, page.data[1].id]);
      seen.push(...page.data.map(({ content }: { content: string }) => content));
      after = `&after=${page.last_id}`;
    }
    expect(seen).toEqual(['a', 'reply 1', 'b', 'reply 2', 'c', 'reply 3']);
    expect(await json(get(app, `${id}/messages?limit=2${after}`))).toEqual({
      ...{ object: 'list', data: [], first_id: null, last_id: null, has_more: false },
    });
    const message = (await json(get(app, `${id}/messages`))).data[0];
    expect(await json(get(app, `${id}/messages/${message.id}`))).toEqual(message);
  });

  it.each([
    ['limit=0', 'limit', '>=1'],
    ['limit=101', 'limit', '<=100'],
    ['limit=1.5', 'limit', 'limit: must be a whole number'],
    ['limit=x', 'limit', 'limit: must be a whole number'],
    [`after=${createMessageId()}`, 'after', 'after'],
    ['order=desc', 'order', 'order'],
  ])('refuses ?%s', async (query, param, message) => {
    const app = testApp();
    const response = await get(app, `${await createSession(app)}/messages?${query}`);
    expect(response.status).toBe(400);
    const { error } = await json(response);
    expect(error).toMatchObject({ param, message: expect.stringContaining(message) });
  });

  it.each(['msg_AAAAAAAAAAAAAAAAAAAAAA', 'nothing', '%00', 'constructor'])(
    'does not find %s',
    async (message) => {
      const app = testApp();
      const response = await get(app, `${await createSession(app)}/messages/${message}`);
      expect([response.status, (await json(response)).error.code]).toEqual([404, 'message_not_found']);
    },
  );
});

describe('a message with wishes', () => {
  it('has the generation that it asks for', async () => {
    const app = testApp({ backend: sayBack('hello there my friend') });
    const id = await createSession(app);
    const response = await post(app, id, {
      content: 'hi',
      stop: ' my',
      seed: 3,
      temperature: 0.7,
      max_tokens: 20,
    });
    expect(await json(response)).toMatchObject({ content: 'hello there' });
  });
});
