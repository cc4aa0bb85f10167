import { createPublicKey, verify } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../infra/cli.ts';
import { edgeCalls } from './edge-calls.ts';
import { type EdgeProcess, startEdge } from './edge-process.ts';
import { startBackend } from './ready-backend.ts';
import { accept, type ReceivedWebhook, type Receiver, startReceiver } from './receiver.ts';

const ADMIN_TOKEN = 'a-token-for-the-admin-in-these-tests';
/** The schedule, made short: five attempts. */
const RETRY_SECONDS = '0,0.2,0.4,0.6,0.8';
const PATIENCE = { timeout: 20_000, interval: 50 };

let state: string;
let backend: Awaited<ReturnType<typeof startBackend>>;
let edge: EdgeProcess;
let receiver: Receiver;

const start = () =>
  startEdge({
    state,
    variables: { BACKEND_URL: backend.url, WEBHOOK_RETRY_SECONDS: RETRY_SECONDS, ADMIN_TOKEN },
  });

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'tandem-webhooks-'));
  [backend, receiver] = await Promise.all([startBackend(), startReceiver()]);
  edge = await start();
});

afterAll(async () => {
  await edge?.kill();
  receiver?.stop();
  backend?.stop();
  await rm(state, { recursive: true, force: true });
});

const request = edgeCalls(() => edge.url);
const subscribe = (events: string[], path = '/hook') =>
  request('POST', '/v1/webhooks', { url: receiver.url + path, events });
const createSession = async (): Promise<string> => (await request('POST', '/v1/sessions')).id;
const say = (session: string, body: object = {}) =>
  request('POST', `/v1/sessions/${session}/messages`, { content: 'hello', ...body });
const deliveries = async (webhook: string, query = '') =>
  (await request('GET', `/v1/webhooks/${webhook}/deliveries${query}`)).data;

/** Each test's own subscriptions, and an obliging receiver. */
beforeEach(async () => {
  const { data } = await request('GET', '/v1/webhooks');
  for (const { id } of data) await request('DELETE', `/v1/webhooks/${id}`);
  receiver.received.length = 0;
  receiver.answer = accept;
});

async function received(count: number): Promise<ReceivedWebhook[]> {
  await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThanOrEqual(count), PATIENCE);
  return receiver.received;
}

/** By Node's own cryptography: `v1a` with the key that the API tells. */
function verifiesV1a({ headers, body }: ReceivedWebhook, publicKey: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  const x = Buffer.from(publicKey.replace('whpk_', ''), 'base64').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const content = Buffer.from(`${id}.${timestamp}.${body}`);
  return signatures!
    .split(' ')
    .filter((signature) => signature.startsWith('v1a,'))
    .some((signature) => verify(null, content, key, Buffer.from(signature.slice(4), 'base64')));
}

describe('who subscribed', () => {
  it('is told of sessions and replies, by ids, signed so that other libraries verify it', async () => {
    const webhook = await subscribe(['session.created', 'message.replied']);
    const session = await createSession();
    const reply = await say(session);
    await vi.waitFor(
      async () => expect(await deliveries(webhook.id, '?status=delivered')).toHaveLength(2),
      PATIENCE,
    );
    const [created, replied] = (await received(2)).toSorted((one, other) => (one.id < other.id ? -1 : 1));
    const told = (sent: ReceivedWebhook | undefined) => JSON.parse(sent!.body);
    const common = { timestamp: expect.stringMatching(/^\d{4}-.*Z$/), version: 1 };
    expect(told(created)).toEqual({ type: 'session.created', ...common, data: { session_id: session } });
    expect(told(replied)).toEqual({
      type: 'message.replied',
      ...common,
      data: { session_id: session, message_id: reply.id },
    });
    for (const sent of [created!, replied!]) {
      expect(sent.headers).toMatchObject({
        'content-type': 'application/json',
        'user-agent': 'Tandem-Webhooks',
      });
      expect(new Webhook(webhook.secret).verify(sent.body, sent.headers)).toEqual(told(sent));
      new SvixWebhook(webhook.secret).verify(sent.body, sent.headers);
      expect(verifiesV1a(sent, webhook.public_key)).toBe(true);
      for (const Library of [Webhook, SvixWebhook])
        expect(() => new Library(webhook.secret).verify(`${sent.body} `, sent.headers)).toThrow('signature');
    }
  });

  it('is told of nothing else, and of what the word filter flagged', async () => {
    const webhook = await subscribe(['message.flagged']);
    const session = await createSession();
    await say(session);
    const flagged = await say(session, { content: 'fuck you' });
    const [sent] = await received(1);
    expect(JSON.parse(sent!.body)).toMatchObject({
      type: 'message.flagged',
      data: { session_id: session, message_id: flagged.id, flagged: ['message'] },
    });
    expect(await deliveries(webhook.id)).toHaveLength(1);
  });

  it('is signed for with both keys while they rotate', async () => {
    const webhook = await subscribe(['message.replied']);
    const rotated = await request('POST', `/v1/webhooks/${webhook.id}/rotate`);
    expect(rotated.secret).not.toBe(webhook.secret);
    await say(await createSession());
    const [sent] = await received(1);
    for (const { secret, public_key } of [webhook, rotated]) {
      new Webhook(secret).verify(sent!.body, sent!.headers);
      expect(verifiesV1a(sent!, public_key)).toBe(true);
    }
    const alone = await request('POST', `/v1/webhooks/${webhook.id}/rotate`, { keep_old_seconds: 0 });
    receiver.received.length = 0;
    await say(await createSession());
    const [next] = await received(1);
    new Webhook(alone.secret).verify(next!.body, next!.headers);
    expect(() => new Webhook(rotated.secret).verify(next!.body, next!.headers)).toThrow('signature');
    expect(verifiesV1a(next!, rotated.public_key)).toBe(false);
  });

  it('may try an address, and sees what came of it', async () => {
    const webhook = await subscribe(['message.replied']);
    receiver.answer = (_, response) => void response.writeHead(500).end('x'.repeat(5_000));
    const tried = await request('POST', `/v1/webhooks/${webhook.id}/test`);
    expect(tried).toMatchObject({ type: 'webhook.test', status: 'failed', attempts: [{ status: 500 }] });
    expect(tried.attempts[0].response).toBe('x'.repeat(1_024));
    receiver.answer = accept;
    expect(await request('POST', `/v1/webhooks/${webhook.id}/test`)).toMatchObject({ status: 'delivered' });
    expect(receiver.received).toHaveLength(2);
  });
});

describe('a receiver that fails', () => {
  it.each<[string, Receiver['answer'], object]>([
    ['with 500', (_, response) => void response.writeHead(500).end(), { status: 500 }],
    [
      'with a redirect',
      (_, response) => void response.writeHead(307, { location: `${receiver.url}/other` }).end(),
      { status: 307 },
    ],
    [
      'by breaking the connection',
      (_, response) => void response.destroy(),
      { status: null, error: expect.stringContaining('broke') },
    ],
  ])('%s is tried again with the same id, and signed anew', async (_, answer, attempt) => {
    const webhook = await subscribe(['message.replied']);
    let failures = 2;
    receiver.answer = (sent, response) => (failures-- > 0 ? answer(sent, response) : accept(sent, response));
    await say(await createSession());
    const sent = await received(3);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    expect(sent.map(({ path }) => path)).toEqual(['/hook', '/hook', '/hook']);
    for (const each of sent) new Webhook(webhook.secret).verify(each.body, each.headers);
    await vi.waitFor(
      async () => expect((await deliveries(webhook.id))[0].status).toBe('delivered'),
      PATIENCE,
    );
    const shown = await request('GET', `/v1/webhooks/${webhook.id}/deliveries/${sent[0]!.id}`);
    expect(shown.attempts).toMatchObject([attempt, attempt, { status: 200 }]);
  });

  it('has its answer taken by the status where the body trickles', async () => {
    const webhook = await subscribe(['message.replied']);
    receiver.answer = (_, response) => void response.writeHead(200).write('slow');
    await say(await createSession());
    await vi.waitFor(
      async () => expect((await deliveries(webhook.id))[0]?.status).toBe('delivered'),
      PATIENCE,
    );
    expect(receiver.received).toHaveLength(1);
  });

  it('is not asked before the time that it names', async () => {
    const webhook = await subscribe(['message.replied']);
    let isFirst = true;
    receiver.answer = (sent, response) => {
      if (!isFirst) return accept(sent, response);
      isFirst = false;
      response.writeHead(429, { 'retry-after': '2' }).end();
    };
    const session = await createSession();
    await say(session);
    await received(1);
    // The next one waits too.
    await say(session);
    const [first, ...others] = await received(3);
    for (const { at } of others) expect(at - first!.at).toBeGreaterThan(1_900);
    await vi.waitFor(
      async () => expect(await deliveries(webhook.id, '?status=delivered')).toHaveLength(2),
      PATIENCE,
    );
  });

  it('ends its webhook with 410', async () => {
    const webhook = await subscribe(['message.replied']);
    receiver.answer = (_, response) => void response.writeHead(410).end();
    const session = await createSession();
    await say(session);
    await vi.waitFor(
      async () =>
        expect(await request('GET', `/v1/webhooks/${webhook.id}`)).toMatchObject({
          enabled: false,
          disabled_reason: 'gone',
        }),
      PATIENCE,
    );
    await say(session);
    expect(await deliveries(webhook.id)).toMatchObject([{ status: 'failed', failure: 'gone' }]);
    expect(receiver.received).toHaveLength(1);
  });

  it('is given up after the whole schedule, its webhook disabled, and can be sent everything anew', async () => {
    const webhook = await subscribe(['message.replied']);
    receiver.answer = (_, response) => void response.writeHead(503).end();
    const session = await createSession();
    await say(session);
    await vi.waitFor(
      async () =>
        expect(await request('GET', `/v1/webhooks/${webhook.id}`)).toMatchObject({
          enabled: false,
          disabled_reason: 'failing',
        }),
      PATIENCE,
    );
    const [letter] = await deliveries(webhook.id, '?status=failed');
    expect(letter).toMatchObject({ failure: 'attempts' });
    expect(receiver.received).toHaveLength(5);
    await expect(request('POST', `/v1/webhooks/${webhook.id}/replay`)).rejects.toThrow('webhook_disabled');

    receiver.answer = accept;
    await request('PATCH', `/v1/webhooks/${webhook.id}`, { enabled: true });
    expect(await request('POST', `/v1/webhooks/${webhook.id}/replay`)).toMatchObject({ deliveries: 1 });
    const sent = await received(6);
    expect(sent.at(-1)!.id).toBe(letter.id);
    await vi.waitFor(
      async () => expect(await deliveries(webhook.id, '?status=failed')).toEqual([]),
      PATIENCE,
    );
  });
});

describe('a callback', () => {
  it('brings the reply of a message that nobody waited for', async () => {
    const session = await createSession();
    const callback_url = `${receiver.url}/callback`;
    const { id } = await say(session, { async: true, callback_url });
    const [sent] = await received(1);
    const { content } = await request('GET', `/v1/sessions/${session}/messages/${id}`);
    expect(sent!.path).toBe('/callback');
    expect(JSON.parse(sent!.body)).toMatchObject({
      type: 'message.replied',
      data: { session_id: session, message_id: id, role: 'assistant', content },
    });
    const callbacks = await request('GET', '/v1/webhooks/callbacks');
    expect(callbacks).toMatchObject({ url: null, events: [], enabled: true });
    expect(verifiesV1a(sent!, callbacks.public_key)).toBe(true);
    const { secret } = await request('POST', '/v1/webhooks/callbacks/rotate');
    const [delivery] = await deliveries('callbacks');
    expect(delivery).toMatchObject({ id: sent!.id, callback_url, status: 'delivered' });
    await request('POST', `/v1/webhooks/callbacks/deliveries/${sent!.id}/replay`);
    const [, again] = await received(2);
    new Webhook(secret).verify(again!.body, again!.headers);
    expect(again!.id).toBe(sent!.id);
  });

  it('is not sent once the session is deleted: its words are nowhere else', async () => {
    const session = await createSession();
    receiver.answer = (_, response) => void response.writeHead(500).end();
    await say(session, { async: true, callback_url: receiver.url });
    await received(1);
    await request('DELETE', `/v1/sessions/${session}`);
    await vi.waitFor(
      async () =>
        expect(await deliveries('callbacks')).toMatchObject([{ status: 'failed', failure: 'erased' }]),
      PATIENCE,
    );
  });
});

describe('the command line', () => {
  async function tandem(...args: string[]): Promise<string> {
    const url = ['--url', edge.url];
    const done = await runCli(['webhooks', ...args, ...url], { environment: { ADMIN_TOKEN } });
    if (done.code !== 0) throw new Error(`${args.join(' ')}: ${done.code} ${done.stderr}${done.stdout}`);
    return done.stdout.trim();
  }

  it('makes, tries, looks at, replays, rotates, switches and deletes webhooks', async () => {
    const secret = await tandem(
      'create',
      `${receiver.url}/cli`,
      '--event',
      'message.replied',
      'session.created',
    );
    const [{ id }] = JSON.parse(await tandem('list', '--json'));
    expect(await tandem('list')).toMatch(new RegExp(`${id} +enabled +message.replied session.created +http`));
    expect(await tandem('test', id)).toMatch(/webhook.test, delivered\n.*kept until.* 200, after/s);
    const [tried] = await received(1);
    new Webhook(secret).verify(tried!.body, tried!.headers);

    receiver.answer = (_, response) => void response.writeHead(410).end('not here');
    await createSession();
    await vi.waitFor(async () => expect(await tandem('list')).toContain('disabled (gone)'), PATIENCE);
    const table = await tandem('deliveries', id, '--status', 'failed');
    const [letter] = /evt_\w+/.exec(table)!;
    expect(table).toContain('failed (gone)');
    const inspected = await tandem('deliveries', id, letter);
    expect(inspected).toMatch(/\nsession_id: sess_[\w-]+\nkept until .*\n.* 410, after \d+ ms {2}not here$/);
    expect(await tandem('deliveries', id, '--after', letter)).not.toContain(letter);
    await expect(tandem('replay', id)).rejects.toThrow('disabled');

    receiver.answer = accept;
    expect(await tandem('enable', id)).toContain('enabled');
    expect(await tandem('replay', id)).toBe('Sent anew: 1.');
    await vi.waitFor(() => expect(receiver.received.at(-1)!.id).toBe(letter), PATIENCE);
    expect(await tandem('replay', id, letter)).toContain(letter);
    expect(await tandem('rotate', id, '--keep-old', '0s')).toMatch(/^whsec_/);
    expect(await tandem('disable', id)).toContain('(owner)');
    expect(await tandem('delete', id)).toBe(`${id} is deleted.`);
    expect(await tandem('list', '--json')).toBe('[]');
    await expect(tandem('list', '--key', 'key_000000000000')).rejects.toThrow('no such key');
  });
});

describe('a worker that is killed', () => {
  it('delivers again, with the same id, what it had not noted, and tells of all replies that it gave', async () => {
    const held = await subscribe(['message.replied'], '/held');
    const told = await subscribe(['message.replied'], '/told');
    const at = (path: string) => receiver.received.filter((sent) => sent.path === path);
    // Delivered, and the worker is not told so.
    receiver.answer = (sent, response) => (sent.path === '/held' ? undefined : accept(sent, response));
    await say(await createSession());
    await vi.waitFor(() => expect(at('/held')).toHaveLength(1), PATIENCE);
    // Some of these were answered a while before the end, and the last one just now.
    const sessions = await Promise.all(Array.from({ length: 10 }, createSession));
    const replies = await Promise.all(sessions.map((session) => say(session)));
    await edge.kill();
    receiver.answer = accept;
    edge = await start();

    // A session's object is woken by its alarm or by whoever asks for it.
    await Promise.all(sessions.map((session) => request('GET', `/v1/sessions/${session}`)));
    for (const { id, path } of [
      { ...held, path: '/held' },
      { ...told, path: '/told' },
    ]) {
      const known = () => new Set(at(path).map(({ body }) => JSON.parse(body).data.message_id));
      await vi.waitFor(
        () => expect(known().isSupersetOf(new Set(replies.map((reply) => reply.id)))).toBe(true),
        PATIENCE,
      );
      await vi.waitFor(
        async () => expect(await deliveries(id, '?status=delivered')).toHaveLength(1 + replies.length),
        PATIENCE,
      );
    }
    const [first] = at('/held');
    const again = at('/held').filter(({ id }) => id === first!.id);
    expect(again.map(({ body }) => body)).toEqual([first!.body, first!.body]);
  });
});
