import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSessionId } from '../../../edge/session/session.ts';
import { json, testApp } from '../test-app.ts';
import { slackHeaders } from '../webhooks/sign.ts';
import storedBy69a1794 from './stored-69a1794.json';

/**
 * What edges of earlier versions have stored, recorded by test/end-to-end/upgrade/record-stored.ts, as today's finds it: in objects,
 * and in KV alone, once the objects have forgotten.
 */
interface Recorded {
  commit: string;
  recordedAt: number;
  stored: {
    key: { id: string; key: string };
    integration: { id: string; webhook_url: string };
    session: { id: string };
    reply: { id: string; content: string };
  };
  objects: Record<
    'API_KEYS' | 'INTEGRATIONS' | 'SESSION_OBJECTS',
    { name: string; storage: Record<string, unknown> }
  >;
  kv: Record<'KEYS' | 'SESSIONS', Record<string, { value: string; metadata: unknown }>>;
}

/** One of each version that was recorded. */
const RECORDS = [storedBy69a1794];

/** As if it had been stored just now: sessions expire. Seconds have ten digits, milliseconds thirteen. */
function fresh(recorded: Recorded): Recorded {
  const { recordedAt } = recorded;
  const text = JSON.stringify(recorded);
  const passedSeconds = Math.floor((Date.now() - recordedAt) / 1_000);
  const moved = text.replace(/(?<![\w.-])1\d{9}(\d{3})?(?![\w.])/g, (time, milliseconds?: string) =>
    String(Number(time) + passedSeconds * (milliseconds === undefined ? 1 : 1_000)),
  );
  return JSON.parse(moved);
}

describe.each(RECORDS)('what $commit has stored', (recorded) => {
  const { stored, objects, kv } = fresh(recorded);
  const app = testApp();
  const headers = { authorization: `Bearer ${stored.key.key}` };
  const session = `/v1/sessions/${stored.session.id}`;

  beforeAll(async () => {
    for (const [binding, { name, storage }] of Object.entries(objects)) {
      const namespace = env[binding as keyof Recorded['objects']] as unknown as DurableObjectNamespace;
      await runInDurableObject(namespace.getByName(name), (_, { storage: own }) => own.put(storage));
    }
    for (const [binding, values] of Object.entries(kv)) {
      for (const [key, { value, metadata }] of Object.entries(values))
        await env[binding as keyof Recorded['kv']].put(key, value, { metadata });
    }
  });

  it('is a key that opens its session, with what was said', async () => {
    expect((await app.request('GET', session, { headers })).status).toBe(200);
    expect((await app.request('GET', session)).status).not.toBe(200);
    const { data } = await json(app.request('GET', `${session}/messages`, { headers }));
    expect(data).toMatchObject([{ role: 'user' }, { role: 'assistant', content: stored.reply.content }]);
  });

  it('is an answer that is not given twice, and a session that goes on', async () => {
    const said = { content: 'What is your name?' };
    const path = `${session}/messages`;
    const again = await app.request('POST', path, {
      body: said,
      headers: { ...headers, 'idempotency-key': 'said-before' },
    });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await json(again)).toMatchObject({ id: stored.reply.id, content: stored.reply.content });
    expect((await app.request('POST', path, { body: said, headers })).status).toBe(200);
    expect((await json(app.request('GET', path, { headers }))).data).toHaveLength(4);
  });

  it('is a session in KV that an object without storage finds', async () => {
    const id = createSessionId();
    const { value, metadata } = kv.SESSIONS[`session:${stored.session.id}`]!;
    await env.SESSIONS.put(`session:${id}`, value, { metadata });
    const found = await json(app.request('GET', `/v1/sessions/${id}`, { headers }));
    expect(found).toMatchObject({ id, metadata: { user: '7' } });
  });

  it('is a key’s record, and an integration that the channel’s signature opens', async () => {
    const object = env.API_KEYS.getByName(stored.key.id);
    expect(await object.read()).toMatchObject({ id: stored.key.id, name: 'shop' });
    const event = JSON.stringify({ type: 'url_verification', challenge: 'sealed' });
    const response = await app.request('POST', new URL(stored.integration.webhook_url).pathname, {
      body: event,
      headers: await slackHeaders(event, { secret: 'signs', nowSeconds: Math.floor(Date.now() / 1_000) }),
    });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('sealed');
  });
});
