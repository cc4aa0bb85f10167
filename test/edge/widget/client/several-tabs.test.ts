import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { history } from '../../session/sessions.ts';
import { heldBackend, sayBack, testApp } from '../../test-app.ts';
import { clientOf, fakePauses, passing, sharedStorage, shown } from './chats.ts';

beforeEach(fakePauses);
afterEach(() => {
  vi.useRealTimers();
});

const SAID = ['user: hi (done)', 'assistant: hello there (done)'];

describe.each([{ hasLocks: true }, { hasLocks: false }])('two tabs, %j', (locks) => {
  const tabs = (app: ReturnType<typeof testApp>) => {
    const storage = sharedStorage(locks);
    return [clientOf(app, { storage: storage() }), clientOf(app, { storage: storage() })] as const;
  };

  it('show the same conversation, the question at once', async () => {
    const { backend, nthAsked } = heldBackend();
    const [one, two] = tabs(testApp({ backend }));
    await Promise.all([one.client.open(), two.client.open()]);
    const reply = one.client.send('hi');
    const asked = await nthAsked(1);
    await passing(vi.waitFor(() => expect(shown(two.client.state)).toEqual(['user: hi (sending)'])));
    expect(two.client.state.phase).toBe('replying');
    asked.answer('hello there');
    await passing(reply);
    await passing(vi.waitFor(() => expect(shown(two.client.state)).toEqual(SAID)));
    expect(two.client.state).toMatchObject({ phase: 'idle', sessionId: one.client.state.sessionId });
  });

  it('make one session, though both speak at once', async () => {
    const app = testApp({ backend: sayBack('hello there') });
    const [one, two] = tabs(app);
    await Promise.all([one.client.open(), two.client.open()]);
    await passing(Promise.all([one.client.send('hi'), two.client.send('ho')]));
    await passing(vi.waitFor(() => expect(two.client.state.messages).toHaveLength(4)));
    await passing(vi.waitFor(() => expect(one.client.state.messages).toHaveLength(4)));
    expect(two.client.state.sessionId).toBe(one.client.state.sessionId);
    const said = await history(app, one.client.state.sessionId!);
    expect(said.filter((line) => line.startsWith('user')).sort()).toEqual(['user: hi', 'user: ho']);
  });

  it('begin anew together', async () => {
    const [one, two] = tabs(testApp());
    await two.client.open();
    await passing(one.client.send('hi'));
    await passing(vi.waitFor(() => expect(shown(two.client.state)).toEqual(SAID)));
    await one.client.reset();
    await passing(vi.waitFor(() => expect(two.client.state.messages).toEqual([])));
    expect(two.told('reset')).toHaveLength(1);
    await passing(two.client.send('hi'));
    await passing(vi.waitFor(() => expect(shown(one.client.state)).toEqual(SAID)));
    expect(one.client.state.sessionId).toBe(two.client.state.sessionId);
  });
});

describe('a tab with locks', () => {
  it('goes on with what another has left when it was closed', async () => {
    const { backend, nthAsked } = heldBackend();
    const app = testApp({ backend });
    const storage = sharedStorage();
    const one = clientOf(app, { storage: storage() }).client;
    const two = clientOf(app, { storage: storage() }).client;
    await two.open();
    one.send('hi');
    await nthAsked(1);
    one.close();
    (await passing(nthAsked(2))).answer('hello there');
    await passing(vi.waitFor(() => expect(shown(two.state)).toEqual(SAID)));
    expect(await history(app, two.state.sessionId!)).toHaveLength(2);
  });
});
