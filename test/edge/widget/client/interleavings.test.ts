import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { heldBackend, json, sayBack, testApp } from '../../test-app.ts';
import { clientOf, fakePauses, passing, type Sent, sharedStorage, shown, type Way } from './chats.ts';

beforeEach(fakePauses);
afterEach(() => {
  vi.useRealTimers();
});

/** A way on which one answer is held back: what the edge says of then comes when `release` is called. */
function holdingWay(isHeld: (sent: Sent) => boolean) {
  const arrived = Promise.withResolvers<void>();
  const { promise, resolve: release } = Promise.withResolvers<void>();
  const way: Way = async (sent, through) => {
    const response = await through();
    if (isHeld(sent)) {
      arrived.resolve();
      await promise;
    }
    return response;
  };
  return { way, arrived: arrived.promise, release };
}

const SAID = ['user: hi (done)', 'assistant: hello there (done)'];

describe('a history', () => {
  it('that was asked for before a reply came does not take the reply away', async () => {
    const app = testApp();
    const storage = sharedStorage();
    await clientOf(app, { storage: storage() }).client.send('hi');
    const { way, arrived, release } = holdingWay(({ method }) => method === 'GET');
    const { client } = clientOf(app, { storage: storage(), way });
    const opened = client.open();
    await arrived;
    await client.send('hi');
    release();
    await opened;
    expect(shown(client.state)).toEqual([...SAID, ...SAID]);
  });
});

describe('who the person is', () => {
  it('is told though it is said while the session is being made', async () => {
    const app = testApp();
    const { way, arrived, release } = holdingWay(({ path }) => path === '/v1/sessions');
    const { client } = clientOf(app, { way });
    const reply = client.send('hi');
    await arrived;
    await client.identify({ name: 'Ada' });
    release();
    await passing(reply);
    const { metadata } = await json(app.request('GET', `/v1/sessions/${client.state.sessionId}`));
    expect(metadata).toEqual({ name: 'Ada' });
  });
});

describe('a new conversation', () => {
  it('is told of no reply that was being typed in the one before', async () => {
    const app = testApp({ backend: sayBack('one two three four') });
    const { client, told } = clientOf(app, { wordMs: 1_000 });
    const left = client.send('hi');
    await vi.waitFor(() => expect(shown(client.state)[1]).toBe('assistant: one (streaming)'));
    await client.reset();
    await expect(left).rejects.toMatchObject({ code: 'reset' });
    await passing(new Promise((resolve) => setTimeout(resolve, 10_000)));
    expect(told('reply')).toEqual([]);
    expect(shown(client.state)).toEqual([]);
  });

  it('does not take over what another tab has left, though nobody has told this one yet', async () => {
    const { backend, nthAsked } = heldBackend();
    const app = testApp({ backend });
    const storage = sharedStorage();
    const deaf = { ...storage(), subscribe: () => () => {} };
    const one = clientOf(app, { storage: storage() }).client;
    const { client: two, sent } = clientOf(app, { storage: deaf });
    one.open();
    two.send('secret');
    const asked = await nthAsked(1);
    await one.reset();
    asked.answer('too late');
    await passing(new Promise((resolve) => setTimeout(resolve, 10_000)));
    expect(one.state).toMatchObject({ sessionId: null, messages: [] });
    expect(sent.filter(({ path }) => path === '/v1/sessions')).toHaveLength(1);
  });
});

describe('a tab that was asleep', () => {
  /** A storage whose changes this tab is told of when it wakes, all at once. */
  function sleeper(storage: ReturnType<ReturnType<typeof sharedStorage>>) {
    let wake = () => {};
    const subscribe = (onChange: () => void) => {
      wake = onChange;
      return () => {};
    };
    return { storage: { ...storage, subscribe }, wake: () => wake() };
  }

  /** Two tabs that show the same conversation; the second is told of what comes when it wakes. */
  async function oneAndASleeper() {
    const app = testApp();
    const storage = sharedStorage();
    const { client: one } = clientOf(app, { storage: storage() });
    await one.send('hi');
    const asleep = sleeper(storage());
    const { client: two } = clientOf(app, { storage: asleep.storage });
    await two.open();
    return { one, two, wake: asleep.wake };
  }

  it('shows what was said in another meanwhile', async () => {
    const { one, two, wake } = await oneAndASleeper();
    await one.send('hi');
    wake();
    await passing(vi.waitFor(() => expect(shown(two.state)).toEqual([...SAID, ...SAID])));
  });

  it('shows the conversation that another has begun anew meanwhile', async () => {
    const { one, two, wake } = await oneAndASleeper();
    await one.reset();
    await one.send('hi');
    wake();
    await passing(vi.waitFor(() => expect(shown(two.state)).toEqual(SAID)));
    expect(two.state.sessionId).toBe(one.state.sessionId);
  });
});

describe('what one tab has asked and another has sent', () => {
  const refused: Way = async ({ path }, through) =>
    path.endsWith('/messages')
      ? Response.json({ error: { code: 'message_too_long', message: 'No.' } }, { status: 400 })
      : through();

  it('has failed in both', async () => {
    const storage = sharedStorage();
    const app = testApp();
    const { client: one, sent } = clientOf(app, { storage: storage(), way: refused });
    const { client: two } = clientOf(app, { storage: storage(), way: refused });
    await Promise.all([one.open(), two.open()]);
    const replies = [one.send('hi'), two.send('ho')];
    await expect(passing(replies[0]!)).rejects.toMatchObject({ code: 'message_too_long' });
    await expect(passing(replies[1]!)).rejects.toMatchObject({ code: 'message_too_long' });
    expect(sent.filter(({ path }) => path.endsWith('/messages'))).toHaveLength(2);
  });

  it('is answered by its own reply, though the next one is there too', async () => {
    const { backend, nthAsked } = heldBackend();
    const app = testApp({ backend });
    const storage = sharedStorage();
    const { client: one } = clientOf(app, { storage: storage() });
    const { way, arrived, release } = holdingWay(({ method }) => method === 'GET');
    const { client: two } = clientOf(app, { storage: storage(), way });
    await Promise.all([one.open(), two.open()]);
    one.send('a');
    const replies = [two.send('b'), two.send('c')];
    for (const [index, text] of ['first', 'second', 'third'].entries())
      (await passing(nthAsked(index + 1))).answer(text);
    await passing(arrived);
    await passing(vi.waitFor(() => expect(one.state.messages).toHaveLength(6)));
    release();
    expect((await passing(Promise.all(replies))).map(({ content }) => content)).toEqual(['second', 'third']);
  });
});
