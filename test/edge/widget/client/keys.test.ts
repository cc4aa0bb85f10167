import { describe, expect, it } from 'vitest';
import { createKey, createPublishableKey, keyedApp, ORIGIN } from '../../test-keys.ts';
import { clientOf, sharedStorage, shown } from './chats.ts';

const SAID = ['user: hi (done)', 'assistant: hello there (done)'];
const trades = (sent: { path: string }[]) => sent.filter(({ path }) => path === '/v1/session-tokens');

describe('a client with a publishable key', () => {
  it('trades it once for a whole conversation', async () => {
    const app = keyedApp();
    const { key } = await createPublishableKey(app);
    const { client, sent } = clientOf(app, { key, origin: ORIGIN });
    await client.send('hi');
    await client.identify({ name: 'Ada' });
    await client.send('hi');
    expect(shown(client.state)).toEqual([...SAID, ...SAID]);
    expect(trades(sent)).toHaveLength(1);
    const withKey = sent.filter(({ headers }) => headers['authorization'] === `Bearer ${key}`);
    expect(withKey).toEqual(trades(sent));
    await client.reset();
    await client.send('hi');
    expect(shown(client.state)).toEqual(SAID);
    expect(trades(sent)).toHaveLength(1);
  });

  it('comes back to its session, and shares it with other tabs', async () => {
    const app = keyedApp();
    const { key } = await createPublishableKey(app);
    const storage = sharedStorage();
    await clientOf(app, { key, origin: ORIGIN, storage: storage() }).client.send('hi');
    const { client, sent } = clientOf(app, { key, origin: ORIGIN, storage: storage() });
    await client.open();
    expect(shown(client.state)).toEqual(SAID);
    await client.send('hi');
    expect(trades(sent)).toHaveLength(1);
  });

  it('trades it again when the page has slept', async () => {
    let now = Date.now();
    const app = keyedApp({ now: () => now });
    const { key } = await createPublishableKey(app);
    const { client, sent } = clientOf(app, { key, origin: ORIGIN });
    await client.send('hi');
    now += 3_600_000;
    await client.send('hi');
    expect(client.state.messages).toHaveLength(4);
    expect(trades(sent)).toHaveLength(2);
  });

  it('says what is wrong where its page may not be here', async () => {
    const app = keyedApp();
    const { key } = await createPublishableKey(app);
    const { client } = clientOf(app, { key, origin: 'https://elsewhere.example' });
    await expect(client.send('hi')).rejects.toMatchObject({ code: 'origin_not_allowed', status: 403 });
    expect(client.state.messages[0]).toMatchObject({
      status: 'failed',
      error: { code: 'origin_not_allowed' },
    });
  });

  it('has whoever is there show that they are a person, where the edge wants to know', async () => {
    const seen: string[] = [];
    const app = keyedApp({
      dependencies: { checkPerson: async (token) => void seen.push(token) },
    });
    const { key } = await createPublishableKey(app);
    const options = { key, origin: ORIGIN };
    const { client } = clientOf(app, { ...options, challenge: async () => 'i am a person' });
    await client.send('hi');
    expect(seen).toEqual(['i am a person']);
    await expect(clientOf(app, options).client.send('hi')).rejects.toMatchObject({
      code: 'turnstile_failed',
    });
    const failing = clientOf(app, {
      ...options,
      challenge: async () => {
        throw new Error('The challenge was closed.');
      },
    });
    await expect(failing.client.send('hi')).rejects.toMatchObject({ code: 'client_error' });
  });
});

describe('a client with a secret key', () => {
  it('sends it as it is', async () => {
    const app = keyedApp();
    const { key } = await createKey(app);
    const { client, sent } = clientOf(app, { key });
    await client.send('hi');
    expect(shown(client.state)).toEqual(SAID);
    expect(trades(sent)).toEqual([]);
  });

  it('says that an unknown one is not valid', async () => {
    const { client, told } = clientOf(keyedApp(), {
      key: 'sk_tandem_nonsense',
      session: 'sess_aaaaaaaaaaaaaaaaaaaaaa',
    });
    await expect(client.open()).rejects.toMatchObject({ code: 'invalid_api_key' });
    expect(told('error')).toHaveLength(1);
  });
});
