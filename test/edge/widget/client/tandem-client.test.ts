import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClientStorage } from '../../../../edge/widget/client/storage.ts';
import { history } from '../../session/sessions.ts';
import { type BackendFetch, heldBackend, json, sayBack, type TestApp, testApp } from '../../test-app.ts';
import { clientOf, fakePauses, passing, passTime, sharedStorage, shown, type Way } from './chats.ts';

beforeEach(fakePauses);
afterEach(() => {
  vi.useRealTimers();
});

/** A backend whose replies count: "reply 1", "reply 2", … */
function countingBackend(): BackendFetch {
  let replies = 0;
  return (...call) => {
    replies += 1;
    return sayBack(`reply ${replies}`)(...call);
  };
}

const isMessage = ({ path }: { path: string }) => path.endsWith('/messages');

/** A way on which the first messages meet with these, one each. */
function faultyWay(...faults: Way[]): Way {
  return (sent, through) => {
    const fault = isMessage(sent) ? faults.shift() : undefined;
    return fault ? fault(sent, through) : through();
  };
}
const noConnection: Way = async () => {
  throw new TypeError('Failed to fetch');
};
/** It arrives, and its answer does not. */
const lostAnswer: Way = async (_, through) => {
  await (await through()).text();
  throw new TypeError('network error');
};
const brokenStream: Way = async (_, through) => {
  const response = await through();
  const text = await response.text();
  return new Response(text.slice(0, text.length / 3), response);
};
const refusal =
  (status: number, code: string, retryAfter?: string): Way =>
  async () =>
    Response.json(
      { error: { code, message: 'No.', type: '', param: null } },
      { status, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } },
    );

describe('a conversation', () => {
  it('makes its session with the first message, and shows the reply as its words come', async () => {
    const app = testApp({ backend: sayBack('i like dogs.') });
    const { client, told, states, sent } = clientOf(app, { persona: ['i have a dog.'] });
    await client.open();
    expect(client.state).toEqual({ messages: [], phase: 'idle', online: true, sessionId: null });
    expect(sent).toEqual([]);
    const reply = await client.send('  hi ');
    expect(reply).toMatchObject({ role: 'assistant', content: 'i like dogs.', status: 'done' });
    expect(shown(client.state)).toEqual(['user: hi (done)', 'assistant: i like dogs. (done)']);
    const streamed = states
      .map(({ messages }) => messages[1])
      .filter((message) => message?.status === 'streaming');
    expect(streamed.map((message) => message!.content)).toEqual(['i', 'i like', 'i like dogs.']);
    expect([told('message'), told('reply')]).toEqual([
      [{ type: 'message', message: expect.objectContaining({ content: 'hi', status: 'queued' }) }],
      [{ type: 'reply', message: reply }],
    ]);
    const session = await json(app.request('GET', `/v1/sessions/${client.state.sessionId}`));
    expect(session.persona).toEqual(['i have a dog.']);
  });

  it('shows a message at once, and those after it as waiting', async () => {
    const { backend, nthAsked } = heldBackend();
    const { client } = clientOf(testApp({ backend }));
    const replies = [client.send('one'), client.send('two')];
    expect(shown(client.state)).toEqual(['user: one (sending)', 'user: two (queued)']);
    expect(client.state.phase).toBe('replying');
    (await nthAsked(1)).answer('first');
    await replies[0];
    expect(shown(client.state).slice(0, 2)).toEqual(['user: one (done)', 'assistant: first (done)']);
    (await nthAsked(2)).answer('second');
    await replies[1];
    expect(shown(client.state)).toEqual([
      'user: one (done)',
      'assistant: first (done)',
      'user: two (done)',
      'assistant: second (done)',
    ]);
    expect(client.state.phase).toBe('idle');
  });

  it('is read back by the next visit', async () => {
    const app = testApp({ backend: countingBackend() });
    const storage = sharedStorage();
    const first = clientOf(app, { storage: storage() }).client;
    await first.send('one');
    await first.send('two');
    first.close();
    const { client, told } = clientOf(app, { storage: storage() });
    await client.open();
    expect(told('history')).toHaveLength(1);
    expect(shown(client.state)).toEqual(shown(first.state));
    expect(client.state.sessionId).toBe(first.state.sessionId);
    expect(client.state.messages.every(({ createdAt }) => Math.abs(Date.now() - createdAt) < 60_000)).toBe(
      true,
    );
  });

  it('goes on in the session that its page names, and begins anew where it names none', async () => {
    const app = testApp();
    const { id } = await json(app.request('POST', '/v1/sessions'));
    const storage = sharedStorage();
    await clientOf(app, { storage: storage(), session: id }).client.send('hi');
    expect(await history(app, id)).toEqual(['user: hi', 'assistant: hello there']);
    const other = clientOf(app, { storage: storage(), session: null }).client;
    await other.send('hi');
    expect(other.state.sessionId).not.toBe(id);
    expect(await history(app, id)).toHaveLength(2);
  });

  it('asks with the parameters that its page has chosen', async () => {
    const { client, sent } = clientOf(testApp(), { parameters: { temperature: 0.7, seed: 1 } });
    await client.send('hi');
    const { body } = sent.find(isMessage)!;
    expect(JSON.parse(body!)).toEqual({ content: 'hi', stream: true, temperature: 0.7, seed: 1 });
  });

  it('rates a reply, and rates it anew', async () => {
    const app = testApp({ backend: sayBack('i like dogs.') });
    const { client } = clientOf(app);
    await expect(client.feedback('msg_0', 'up')).rejects.toMatchObject({ code: 'no_session' });
    const { id } = await client.send('hi');
    await client.feedback(id, 'up');
    await client.feedback(id, 'down', 'I asked for cats.');
    const { messages } = await json(app.request('GET', `/v1/sessions/${client.state.sessionId}`));
    expect(messages[1].feedback).toMatchObject({ rating: 'down', comment: 'I asked for cats.' });
    await expect(client.feedback('msg_0', 'up')).rejects.toMatchObject({ code: 'message_not_found' });
  });

  it('does not take an empty message', async () => {
    const { client, sent } = clientOf(testApp());
    await expect(client.send(' \n ')).rejects.toMatchObject({ code: 'empty_message' });
    expect([client.state.messages, sent]).toEqual([[], []]);
  });

  it('goes on though a listener throws', async () => {
    const { client } = clientOf(testApp());
    const thrown: unknown[] = [];
    vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) => {
      try {
        task();
      } catch (error) {
        thrown.push(error);
      }
    });
    client.subscribe(() => {
      throw new Error('the page’s own');
    });
    expect((await client.send('hi')).content).toBe('hello there');
    expect(thrown.length).toBeGreaterThan(0);
    vi.restoreAllMocks();
  });
});

describe('a message that does not get through', () => {
  /** A visit whose message the edge answers, without the visit hearing of it before it ends. */
  async function visitThatLostItsAnswer(app: TestApp, storage: ClientStorage): Promise<void> {
    const { client } = clientOf(app, { storage, way: faultyWay(lostAnswer) });
    client.send('hi');
    await passing(vi.waitFor(() => expect(client.state.phase).toBe('waiting')));
    client.close();
  }

  it.each([
    ['a connection that is not there', noConnection],
    ['an answer that is lost', lostAnswer],
    ['a stream that breaks off', brokenStream],
    ['429', refusal(429, 'rate_limit_exceeded', '2')],
    ['503', refusal(503, 'backend_unavailable', '5')],
    ['503 without a time', refusal(503, 'backend_unavailable')],
  ])('is sent again by itself after %s, and said once', async (_, fault) => {
    const app = testApp({ backend: countingBackend() });
    const { client, sent, states } = clientOf(app, { way: faultyWay(fault, fault) });
    const reply = await passing(client.send('hi'));
    expect(reply.content).toBe('reply 1');
    expect(shown(client.state)).toEqual(['user: hi (done)', 'assistant: reply 1 (done)']);
    expect(await history(app, client.state.sessionId!)).toEqual(['user: hi', 'assistant: reply 1']);
    const keys = sent.filter(isMessage).map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    const waiting = states
      .filter(({ phase }) => phase === 'waiting')
      .map(({ messages }) => messages[0]!.error);
    expect(waiting).toContainEqual({
      code: expect.any(String),
      message: expect.any(String),
      retryAt: expect.any(Number),
    });
    expect(client.state.messages[0]).not.toHaveProperty('error');
  });

  it('waits as long as the edge asks for', async () => {
    const { client, sent } = clientOf(testApp(), {
      way: faultyWay(refusal(429, 'rate_limit_exceeded', '20')),
    });
    const reply = client.send('hi');
    await vi.waitFor(() => expect(client.state.phase).toBe('waiting'));
    const { retryAt } = client.state.messages[0]!.error!;
    expect(retryAt! - Date.now()).toBeGreaterThanOrEqual(20_000);
    await passTime(19_900);
    expect(sent.filter(isMessage)).toHaveLength(1);
    await passing(reply);
    expect(sent.filter(isMessage)).toHaveLength(2);
  });

  it('tells that there is no connection, and that there is one again', async () => {
    const { client, states } = clientOf(testApp(), { way: faultyWay(noConnection) });
    await passing(client.send('hi'));
    const steps = states
      .map(({ online }) => online)
      .filter((online, index, all) => online !== all[index - 1]);
    expect(steps).toEqual([true, false, true]);
  });

  it.each([
    ['a long wait', refusal(429, 'rate_limit_exceeded', '3600'), 'rate_limit_exceeded'],
    ['a backend that takes too long', refusal(504, 'backend_timeout'), 'backend_timeout'],
    ['a refusal', refusal(400, 'message_too_long'), 'message_too_long'],
    ['what is no answer of the edge', async () => new Response('<html>', { status: 502 }), 'http_502'],
  ])('has failed after %s, and is sent again when the person wants it', async (_, fault, code) => {
    const app = testApp({ backend: countingBackend() });
    const { client, told } = clientOf(app, { way: faultyWay(fault) });
    await expect(passing(client.send('hi'))).rejects.toMatchObject({ name: 'TandemError', code });
    const [message] = client.state.messages;
    expect(message).toMatchObject({ status: 'failed', error: { code } });
    expect(client.state.phase).toBe('idle');
    expect(told('error')).toEqual([{ type: 'error', error: message!.error }]);
    await passing(client.retry(message!.id));
    expect(shown(client.state)).toEqual(['user: hi (done)', 'assistant: reply 1 (done)']);
    // Said once, however often it was sent.
    expect(told('message')).toHaveLength(1);
  });

  it('has failed after the model’s own refusals, five times asked', async () => {
    const { client, sent } = clientOf(testApp({ backend: async () => new Response(null, { status: 503 }) }));
    await expect(passing(client.send('hi'))).rejects.toMatchObject({ code: 'backend_unavailable' });
    expect(sent.filter(isMessage)).toHaveLength(6);
  });

  it('does not hold up the next one where it has failed, and stands last until it is sent again', async () => {
    const { client } = clientOf(testApp(), { way: faultyWay(refusal(504, 'backend_timeout')) });
    client.send('one');
    await passing(client.send('two'));
    await passing(vi.waitFor(() => expect(shown(client.state).at(-1)).toBe('user: one (failed)')));
    const two = ['user: two (done)', 'assistant: hello there (done)'];
    expect(shown(client.state)).toEqual([...two, 'user: one (failed)']);
    await passing(client.retry(client.state.messages.at(-1)!.id));
    expect(shown(client.state)).toEqual([...two, 'user: one (done)', 'assistant: hello there (done)']);
  });

  it('is sent by the next visit', async () => {
    const app = testApp({ backend: countingBackend() });
    const storage = sharedStorage();
    const first = clientOf(app, { storage: storage(), way: noConnection }).client;
    const lost = first.send('hi');
    await vi.waitFor(() => expect(first.state.phase).toBe('waiting'));
    first.close();
    await expect(lost).rejects.toMatchObject({ code: 'closed' });
    await expect(first.send('more')).rejects.toMatchObject({ code: 'closed' });
    const { client, told } = clientOf(app, { storage: storage() });
    await client.open();
    await passing(vi.waitFor(() => expect(told('reply')).toHaveLength(1)));
    expect(shown(client.state)).toEqual(['user: hi (done)', 'assistant: reply 1 (done)']);
  });

  it('is not said twice where the visit before had sent it after all', async () => {
    const app = testApp({ backend: countingBackend() });
    const storage = sharedStorage();
    await visitThatLostItsAnswer(app, storage());
    const { client } = clientOf(app, { storage: storage() });
    await client.open();
    await passing(vi.waitFor(() => expect(client.state.phase).toBe('idle')));
    expect(shown(client.state)).toEqual(['user: hi (done)', 'assistant: reply 1 (done)']);
    expect(await history(app, client.state.sessionId!)).toHaveLength(2);
  });

  it('is not shown twice where the visit before had sent it with other parameters', async () => {
    const app = testApp({ backend: countingBackend() });
    const storage = sharedStorage();
    await visitThatLostItsAnswer(app, storage());
    const { client } = clientOf(app, { storage: storage(), parameters: { temperature: 0.7 } });
    await client.open();
    await passing(
      vi.waitFor(() => expect(shown(client.state)).toEqual(['user: hi (done)', 'assistant: reply 1 (done)'])),
    );
    expect(client.state.phase).toBe('idle');
  });

  it('reads the history back once there is a connection', async () => {
    const app = testApp();
    const storage = sharedStorage();
    await clientOf(app, { storage: storage() }).client.send('hi');
    let isAway = true;
    const way: Way = (sent, through) => (isAway ? noConnection(sent, through) : through());
    const { client, told } = clientOf(app, { storage: storage(), way });
    await client.open();
    expect(client.state).toMatchObject({ online: false, messages: [] });
    isAway = false;
    await passing(vi.waitFor(() => expect(told('history')).toHaveLength(1)));
    expect(client.state.online).toBe(true);
    expect(client.state.messages).toHaveLength(2);
  });
});

describe('stopping', () => {
  it('takes the message back: it can be sent again, and the next one does not know of it', async () => {
    const { backend, nthAsked } = heldBackend();
    const app = testApp({ backend });
    const { client } = clientOf(app);
    const stopped = client.send('one');
    await nthAsked(1);
    client.stop();
    await expect(stopped).rejects.toMatchObject({ code: 'stopped' });
    expect(shown(client.state)).toEqual(['user: one (stopped)']);
    const next = client.send('two');
    (await nthAsked(2)).answer('yes');
    await passing(next);
    expect(await history(app, client.state.sessionId!)).toEqual(['user: two', 'assistant: yes']);
    const again = client.retry(client.state.messages.find(({ status }) => status === 'stopped')!.id);
    (await nthAsked(3)).answer('now');
    await passing(again);
    expect(shown(client.state)).toEqual([
      ...['user: two (done)', 'assistant: yes (done)', 'user: one (done)', 'assistant: now (done)'],
    ]);
  });

  it('that comes too late shows what the edge has kept, with the next reply', async () => {
    const app = testApp({ backend: countingBackend() });
    let hasArrived = false;
    const late: Way = async (_, through) => {
      await (await through()).text();
      hasArrived = true;
      return new Promise(() => {});
    };
    const { client } = clientOf(app, { way: faultyWay(late) });
    client.send('one');
    await vi.waitFor(() => expect(hasArrived).toBe(true));
    client.stop();
    await passing(client.send('two'));
    await passing(vi.waitFor(() => expect(client.state.messages).toHaveLength(4)));
    expect(shown(client.state)).toEqual([
      ...['user: one (done)', 'assistant: reply 1 (done)', 'user: two (done)', 'assistant: reply 2 (done)'],
    ]);
  });

  it('ends a wait for the edge', async () => {
    const { client } = clientOf(testApp(), { way: faultyWay(refusal(429, 'rate_limit_exceeded', '30')) });
    const stopped = client.send('hi');
    await vi.waitFor(() => expect(client.state.phase).toBe('waiting'));
    client.stop();
    await expect(stopped).rejects.toMatchObject({ code: 'stopped' });
    expect(client.state.phase).toBe('idle');
  });

  it('shows a reply that is being typed at once as a whole', async () => {
    const { client, states } = clientOf(testApp({ backend: sayBack('one two three four') }), {
      wordMs: 1_000,
    });
    const reply = client.send('hi');
    await vi.waitFor(() => expect(shown(client.state)[1]).toBe('assistant: one (streaming)'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(shown(client.state)[1]).toBe('assistant: one two (streaming)');
    client.stop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await reply).content).toBe('one two three four');
    expect(states.at(-1)!.messages[1]!.status).toBe('done');
  });

  it('does nothing where nothing is awaited', async () => {
    const { client } = clientOf(testApp());
    client.stop();
    await client.send('hi');
    client.stop();
    expect(shown(client.state)).toEqual(['user: hi (done)', 'assistant: hello there (done)']);
  });
});

describe('a new conversation', () => {
  it('erases the old one, and has a session of its own', async () => {
    const app = testApp();
    const { client, told } = clientOf(app);
    await client.send('hi');
    const old = client.state.sessionId!;
    await client.reset();
    expect(client.state).toEqual({ messages: [], phase: 'idle', online: true, sessionId: null });
    expect(told('reset')).toHaveLength(1);
    expect((await app.request('GET', `/v1/sessions/${old}`)).status).toBe(404);
    await client.send('hi again');
    expect(client.state.sessionId).not.toBe(old);
    expect(client.state.messages).toHaveLength(2);
  });

  it('leaves a message behind that is on its way', async () => {
    const { backend, nthAsked } = heldBackend();
    const { client } = clientOf(testApp({ backend }));
    const left = client.send('one');
    const first = await nthAsked(1);
    await client.reset();
    await expect(left).rejects.toMatchObject({ code: 'reset' });
    first.answer('too late');
    const reply = client.send('two');
    (await nthAsked(2)).answer('hello');
    expect((await passing(reply)).content).toBe('hello');
    expect(shown(client.state)).toEqual(['user: two (done)', 'assistant: hello (done)']);
  });
});

describe('a session that is gone', () => {
  it('is told of where the next message is sent, which begins a new one with its text', async () => {
    const app = testApp({ backend: countingBackend() });
    const { client, told } = clientOf(app);
    await client.send('one');
    const old = client.state.sessionId!;
    await app.request('DELETE', `/v1/sessions/${old}`);
    await client.send('two');
    expect(told('expired')).toHaveLength(1);
    expect(shown(client.state)).toEqual(['user: two (done)', 'assistant: reply 2 (done)']);
    expect(await history(app, client.state.sessionId!)).toEqual(['user: two', 'assistant: reply 2']);
  });

  it('is told of at the next visit', async () => {
    const app = testApp();
    const storage = sharedStorage();
    const first = clientOf(app, { storage: storage() }).client;
    await first.send('one');
    await app.request('DELETE', `/v1/sessions/${first.state.sessionId}`);
    const { client, told } = clientOf(app, { storage: storage() });
    await client.open();
    expect(told('expired')).toHaveLength(1);
    expect(client.state).toMatchObject({ sessionId: null, messages: [] });
  });
});

describe('who the person is', () => {
  const metadataOf = async (app: ReturnType<typeof testApp>, id: string) =>
    (await json(app.request('GET', `/v1/sessions/${id}`))).metadata;

  it('is in the session’s metadata, from its first message and when it changes', async () => {
    const app = testApp();
    const { client, sent } = clientOf(app);
    await client.identify({ name: 'Ada' });
    expect(sent).toEqual([]);
    await client.send('hi');
    const id = client.state.sessionId!;
    expect(await metadataOf(app, id)).toEqual({ name: 'Ada' });
    await client.identify({ name: 'Ada', plan: 'gold' });
    expect(await metadataOf(app, id)).toEqual({ name: 'Ada', plan: 'gold' });
  });

  it('is not told again at each visit', async () => {
    const app = testApp();
    const storage = sharedStorage();
    const first = clientOf(app, { storage: storage() }).client;
    await first.identify({ name: 'Ada' });
    await first.send('hi');
    const { client, sent } = clientOf(app, { storage: storage() });
    await client.identify({ name: 'Ada' });
    await client.open();
    expect(sent.map(({ method }) => method)).toEqual(['GET']);
    await client.identify({ name: 'Grace' });
    expect(sent.map(({ method }) => method)).toEqual(['GET', 'PATCH']);
  });
});
