import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { addCount } from '../../../../edge/figures/counters.ts';
import { addTime } from '../../../../edge/figures/histogram.ts';
import { countRequest, noFigures } from '../../../../edge/figures/minute-figures.ts';
import { OWNER } from '../../../../edge/keys/caller.ts';
import type { Inbox, Work } from '../../../../edge/webhooks/inbound/inbox-calls.ts';
import type { Waiting } from '../../../../edge/webhooks/inbound/inbox.ts';
import { createIntegrationId } from '../../../../edge/webhooks/integrations/integration-record.ts';
import { SENTENCES } from '../../../../edge/webhooks/inbound/sentences.ts';
import { heldBackend, json, prompt, sayBack } from '../../test-app.ts';
import { directMessage, slackApp } from '../inbound-app.ts';

const CONVERSATION = 'T1:D1';
/** Longer than a test: its end is the inbox's own to look after. */
const LEASE_MS = 60_000;
const away = async () => new Response(null, { status: 503 });

describe('POST /webhooks/{integration}', () => {
  it('answers before there is a reply, and the reply follows', async () => {
    const app = slackApp({ backend: sayBack('i like dogs.') });
    expect((await app.say('hello', { at: 1 })).status).toBe(200);
    expect(app.asked).toEqual([]);
    expect(await app.wake(CONVERSATION)).toEqual(['ack']);
    expect(app.posts()).toEqual(['i like dogs.']);
  });

  it('hears channels through a tunnel in development mode, which serves nobody else there', async () => {
    const app = slackApp({ settings: { DEVELOPMENT_MODE: 'true' } });
    const tunnel = { 'x-forwarded-for': '203.0.113.7', 'cf-ray': '8f00-AMS' };
    const body = JSON.stringify(directMessage('hello', { at: 1 }));
    expect((await app.send(body, { headers: tunnel })).status).toBe(200);
    expect((await app.request('GET', '/v1/models', { headers: tunnel })).status).toBe(403);
  });

  it('is counted by channel and end, with its time and what the model had to read', async () => {
    const minute = noFigures();
    const app = slackApp({
      dependencies: {
        liveFigures: {
          count: (request, figures) => countRequest(minute, request, figures),
          add: (counter, labels) => addCount(minute.counts, counter, labels),
          timeInbound: (ms) => addTime(minute.inboundMs, ms),
        },
      },
    });
    await app.say('hello', { at: 1 });
    await app.wake(CONVERSATION);
    expect(minute.counts).toMatchObject({
      '["inbound_messages","slack","delivered"]': 1,
      '["replies","tandem-mini","answered"]': 1,
    });
    expect(Object.values(minute.inboundMs)).toEqual([1]);
    expect(minute.tokens).toBeGreaterThan(0);
  });

  it('answers while the backend is down', async () => {
    const app = slackApp({ backend: away });
    expect((await app.say('hello', { at: 1 })).status).toBe(200);
    expect(app.requests).toEqual([]);
  });

  it('answers a message once, however often it is sent and woken for', async () => {
    const app = slackApp();
    for (let times = 0; times < 3; times++) expect((await app.say('hello', { at: 1 })).status).toBe(200);
    await Promise.all([app.wake(CONVERSATION), app.wake(CONVERSATION), app.wake(CONVERSATION)]);
    await app.say('hello', { at: 1 });
    await app.wake(CONVERSATION);
    expect(app.posts()).toHaveLength(1);
  });

  it('answers in the channel’s own order what waits', async () => {
    const app = slackApp({ backend: async (...call) => sayBack(`reply ${app.requests.length}`)(...call) });
    for (const at of [3, 1, 2]) await app.say(`message ${at}`, { at });
    await app.wake(CONVERSATION);
    expect(app.requests.map((request) => prompt(request).split('\n').at(-1))).toEqual(
      [1, 2, 3].map((at) => expect.stringContaining(`message ${at}`)),
    );
    expect(app.posts()).toHaveLength(3);
  });

  it('is one conversation: the model reads what was said before', async () => {
    const app = slackApp({ backend: sayBack('i have two cats.') });
    await app.say('do you have pets?', { at: 1 });
    await app.wake(CONVERSATION);
    await app.say('what are their names?', { at: 2 });
    await app.wake(CONVERSATION);
    expect(prompt(app.requests[1])).toContain('two cats');
  });

  it('has the persona of its integration', async () => {
    const app = slackApp({ integration: { persona: ['I am a pirate.'] } });
    await app.say('hello', { at: 1 });
    await app.wake(CONVERSATION);
    expect(prompt(app.requests[0])).toContain('pirate');
  });

  it('answers only where the integration is allowed to', async () => {
    const app = slackApp({ integration: { places: ['D2'] } });
    for (const channel of ['D1', 'D2']) {
      expect((await app.say('hello', { at: 1, channel })).status).toBe(200);
      await app.wake(`T1:${channel}`);
    }
    expect(app.asked.map(({ body }) => body.channel)).toEqual(['D2']);
  });

  it('answers what was overheard only where a conversation is under way', async () => {
    const app = slackApp();
    const said = (event: object) =>
      app.send(
        JSON.stringify({ ...directMessage('', { at: 0 }), event: { channel: 'C1', user: 'U1', ...event } }),
      );
    const root = '1700000000.000001';
    await said({ type: 'message', text: 'to others', ts: root });
    await app.wake(`T1:C1:${root}`);
    expect(app.posts()).toHaveLength(0);
    await said({ type: 'app_mention', text: '<@UBOT> hi', ts: root });
    await said({ type: 'message', text: 'and then?', ts: '1700000000.000002', thread_ts: root });
    await app.wake(`T1:C1:${root}`);
    expect(app.asked.map(({ body }) => body.thread_ts)).toEqual([root, root]);
  });

  it('tells a wrong signature from nothing else', async () => {
    const app = slackApp();
    const body = JSON.stringify(directMessage('hello', { at: 1 }));
    const wrong = await app.send(body, { secret: 'other' });
    const unknown = await app.request('POST', '/webhooks/int_unknown', { body });
    for (const response of [wrong, unknown]) {
      expect(response.status).toBe(401);
      expect((await json(response)).error.code).toBe('invalid_signature');
    }
  });

  it.each([
    ['no JSON', '{', 400],
    ['no object', '3', 400],
    ['an event without its fields', '{"type":"event_callback"}', 400],
    [
      'a message without its time',
      JSON.stringify({
        ...directMessage('x', { at: 1 }),
        event: { type: 'message', channel: 'D1', user: 'U1' },
      }),
      400,
    ],
    ['an unknown type', '{"type":"app_rate_limited"}', 200],
    [
      'an unknown event',
      JSON.stringify({ ...directMessage('x', { at: 1 }), event: { type: 'reaction_added' } }),
      200,
    ],
    ['too much', ' '.repeat(300_000), 413],
  ])('takes %s for what it is', async (_, body, status) => {
    const app = slackApp();
    expect((await app.send(body)).status).toBe(status);
  });

  it('asks for a message again where its inbox is full, and where it is away', async () => {
    const app = slackApp();
    for (let at = 0; at < 50; at++) await app.say('hello', { at });
    const full = await app.say('hello', { at: 50 });
    expect(full.status).toBe(503);
    expect(full.headers.get('retry-after')).toBe('30');
    expect((await app.say('hello', { at: 49 })).status).toBe(200);

    const gone = slackApp({
      dependencies: { inbox: () => ({ accept: async () => Promise.reject(new Error('gone')) }) as never },
    });
    const response = await gone.say('hello', { at: 1 });
    expect(response.status).toBe(503);
    expect((await json(response)).error.code).toBe('inbox_unavailable');
  });

  it('writes neither texts nor whose they are into the log', async () => {
    const app = slackApp({ backend: sayBack('a secret reply') });
    await app.say('a secret message', { at: 1, user: 'USECRET' });
    await app.wake(CONVERSATION);
    const log = JSON.stringify(app.log);
    expect(log).toContain('"end":"delivered"');
    expect(log).not.toMatch(/secret|USECRET|D1|sess_|xoxb/);
  });
});

describe('a reply that cannot be had', () => {
  it('is tried again, and where that is of no use there is one friendly sentence', async () => {
    const app = slackApp({ backend: away });
    await app.say('hello', { at: 1 });
    for (let attempt = 1; attempt <= 5; attempt++) {
      expect(app.posts()).toEqual([]);
      await ready(app);
      await app.wake(CONVERSATION);
    }
    expect(app.posts()).toEqual([SENTENCES.failed]);
    await app.say('hello', { at: 1 });
    await ready(app);
    await app.wake(CONVERSATION);
    expect(app.posts()).toHaveLength(1);
  });

  it('holds those behind it back', async () => {
    let isAway = true;
    const app = slackApp({ backend: (...call) => (isAway ? away() : sayBack('hello there')(...call)) });
    await app.say('first', { at: 1 });
    await app.wake(CONVERSATION);
    isAway = false;
    await app.say('second', { at: 2 });
    await app.wake(CONVERSATION);
    expect(app.posts()).toEqual([]);
    await ready(app);
    await app.wake(CONVERSATION);
    expect(app.posts()).toHaveLength(2);
  });

  it.each([
    ['x'.repeat(4_001), SENTENCES.tooLong],
    ['', SENTENCES.empty],
  ])('because of the message is told at once', async (text, sentence) => {
    const app = slackApp();
    await app.say(text, { at: 1 });
    await app.wake(CONVERSATION);
    expect(app.posts()).toEqual([sentence]);
  });

  it('because the model says nothing is told', async () => {
    const app = slackApp({ backend: sayBack('') });
    await app.say('hello', { at: 1 });
    await app.wake(CONVERSATION);
    expect(app.posts()).toEqual([SENTENCES.speechless]);
  });

  it('because of quotas is told, and not asked for', async () => {
    const refused = { granted: false, standings: [], exceeded: [], waitMs: 1, buckets: {} };
    const quotas = { reserve: async () => refused, settle: async () => {} };
    const app = slackApp({ integration: { quotas: quotas as never } });
    await app.say('hello', { at: 1 });
    await app.wake(CONVERSATION);
    expect(app.posts()).toEqual([SENTENCES.quotaUsedUp]);
    expect(app.requests).toEqual([]);
  });
});

describe('a delivery', () => {
  it('is made again as the channel asks, without asking the model again', async () => {
    const answers = [
      () => new Response(null, { status: 429, headers: { 'retry-after': '30' } }),
      () => new Response(null, { status: 500 }),
      () => Response.json({ ok: false, error: 'internal_error' }),
      () => Response.json({ ok: true }),
    ];
    const app = slackApp({ slack: () => answers.shift()!() });
    await app.say('hello', { at: 1 });
    await app.wake(CONVERSATION);
    const notBefore = await ready(app);
    expect(notBefore - Date.now()).toBeGreaterThan(25_000);
    for (let attempt = 0; attempt < 3; attempt++) {
      await app.wake(CONVERSATION);
      await ready(app);
    }
    expect(app.posts()).toHaveLength(4);
    expect(new Set(app.asked.map(({ body }) => body.client_msg_id)).size).toBe(1);
    expect(app.requests).toHaveLength(1);
  });

  it('that is refused is given up, and the next message answered', async () => {
    const answers = [{ ok: false, error: 'channel_not_found' }, { ok: true }];
    const app = slackApp({ slack: () => Response.json(answers.shift()) });
    await app.say('one', { at: 1 });
    await app.say('two', { at: 2 });
    await app.wake(CONVERSATION);
    expect(app.posts()).toHaveLength(2);
    expect(JSON.stringify(app.log)).toContain('channel_not_found');
    const [failure, ...others] = app.failures;
    expect(failure).toEqual({ at: expect.any(Number), reason: expect.stringContaining('channel_not_found') });
    expect(others).toEqual([]);
  });

  it('goes on after the parts that were delivered', async () => {
    const long = 'word '.repeat(1_500).trim();
    let calls = 0;
    const app = slackApp({
      slack: () => (++calls === 2 ? new Response(null, { status: 500 }) : Response.json({ ok: true })),
    });
    // A reply of the model is never so long.
    await app.say('hello', { at: 1 });
    const inbox = await app.inboxOf(CONVERSATION);
    const work = await taken(inbox);
    await inbox.keepReply(work.token, long, LEASE_MS);
    await ready(app);
    await app.wake(CONVERSATION);
    await ready(app);
    await app.wake(CONVERSATION);
    const [first, failed, second] = app.posts();
    expect(app.posts()).toHaveLength(3);
    expect(failed).toBe(second);
    expect(`${first} ${second}`).toBe(long);
  });
});

describe('an integration', () => {
  it('that is not there any more is not answered for', async () => {
    const app = slackApp();
    await app.say('hello', { at: 1 });
    app.dependencies.findIntegration = async () => null;
    expect(await app.wake(CONVERSATION)).toEqual(['ack']);
    expect(app.asked).toEqual([]);
    expect(JSON.stringify(app.log)).toContain('no_integration');
  });

  it('whose settings are not its channel’s any more is given up after a while', async () => {
    const app = slackApp();
    await app.say('hello', { at: 1 });
    app.integration.settings = {};
    for (let attempt = 0; attempt < 6; attempt++) {
      await app.wake(CONVERSATION);
      await ready(app);
    }
    const ends = app.log.filter(({ event }) => event === 'inbound_message').map(({ end }) => end);
    expect(ends).toEqual([...new Array(4).fill('tried_later'), 'given_up']);
    expect(app.failures).toHaveLength(1);
  });

  it('that cannot be read now is asked for again', async () => {
    const app = slackApp();
    await app.say('hello', { at: 1 });
    const { findIntegration } = app.dependencies;
    app.dependencies.findIntegration = async () => Promise.reject(new Error('KV is away'));
    expect(await app.wake(CONVERSATION)).toEqual(['retry']);
    app.dependencies.findIntegration = findIntegration;
    await ready(app);
    expect(await app.wake(CONVERSATION)).toEqual(['ack']);
    expect(app.posts()).toHaveLength(1);
  });
});

describe('a conversation whose integration was removed', () => {
  /** One that was said something in, and then nothing for two days; of an integration that the worker's own objects know. */
  async function quietConversation() {
    const id = createIntegrationId();
    const owner = env.INTEGRATIONS.getByName(id);
    await owner.create({
      ...{
        id,
        channel: 'slack',
        name: '',
        enabled: true,
        settings: {},
        secrets: {},
        persona: [],
        places: null,
      },
      ...{ policy: { safety: true, limits: {} }, createdAt: 1, revokedAt: null },
    });
    const app = slackApp({ integration: { id } });
    await app.say('i live in norway.', { at: 1 });
    await app.wake(CONVERSATION);
    const inbox = await app.inboxOf(CONVERSATION);
    const sessionId = await runInDurableObject(inbox, (_, { storage }) => {
      const about = storage.kv.get<{ sessionId: string }>('about')!;
      storage.kv.put('about', { ...about, touchedAt: Date.now() - 2 * 86_400_000 });
      return about.sessionId;
    });
    await evictDurableObject(inbox);
    const kept = () => runInDurableObject(inbox, (_, { storage }) => [...storage.kv.list()].length);
    const session = () => env.SESSION_OBJECTS.getByName(sessionId).read(OWNER);
    return { app, owner, inbox, kept, session };
  }

  it('is erased by its inbox: the session, and the inbox itself', async () => {
    const { owner, inbox, kept, session } = await quietConversation();
    expect((await session())!.messages[0]!.content).toBe('i live in norway.');
    await owner.revoke(2);
    await runDurableObjectAlarm(inbox);
    expect(await session()).toBeNull();
    expect(await kept()).toBe(0);
    expect(await runInDurableObject(inbox, (_, { storage }) => storage.getAlarm())).toBeNull();
  });

  it('is kept where the integration is only switched off', async () => {
    const { owner, inbox, kept, session } = await quietConversation();
    await owner.update({ enabled: false });
    await runDurableObjectAlarm(inbox);
    expect(await session()).not.toBeNull();
    expect(await kept()).toBe(2);
  });
});

describe('an inbox', () => {
  it('is looked after by its alarm where the queue is not', async () => {
    const app = slackApp();
    await app.say('hello', { at: 1 });
    const inbox = await app.inboxOf(CONVERSATION);
    const alarmAt = await runInDurableObject(inbox, (_, { storage }) => storage.getAlarm());
    expect(alarmAt! - Date.now()).toBeLessThanOrEqual(10_000);
    expect(alarmAt! - Date.now()).toBeGreaterThan(5_000);
    // Too early: it looks, and is set anew.
    await runDurableObjectAlarm(inbox);
    expect(await inbox.take(LEASE_MS)).not.toBeNull();
  });

  it('gives a message to one at a time, and to the next when the first has died', async () => {
    const app = slackApp();
    await app.say('hello', { at: 1 });
    const inbox = await app.inboxOf(CONVERSATION);
    const lost = await taken(inbox);
    expect(await inbox.take(LEASE_MS)).toBeNull();
    await ready(app);
    const work = await taken(inbox);
    expect(work.message.id).toBe(lost.message.id);
    expect(await inbox.keepReply(lost.token, 'too late', LEASE_MS)).toBe(false);
    expect(await inbox.finish(lost.token, null)).toBeNull();
    expect(await inbox.keepReply(work.token, 'in time', LEASE_MS)).toBe(true);
  });

  it('gives a message that nobody comes to an end with a few times, and then a sentence', async () => {
    const app = slackApp();
    await app.say('a message that kills', { at: 1 });
    const inbox = await app.inboxOf(CONVERSATION);
    for (let times = 0; times < 5; times++) {
      await taken(inbox);
      await ready(app);
    }
    await app.wake(CONVERSATION);
    expect(app.requests).toEqual([]);
    expect(app.posts()).toEqual([SENTENCES.failed]);
    expect(await inbox.take(LEASE_MS)).toBeNull();
  });

  it('gives a message up that comes too late, also where its integration cannot be read', async () => {
    const app = slackApp();
    await app.say('hello', { at: 1 });
    app.dependencies.findIntegration = async () => Promise.reject(new Error('It makes no sense.'));
    app.dependencies.now = () => Date.now() + 3_600_000;
    expect(await app.wake(CONVERSATION)).toEqual(['ack']);
    expect(JSON.stringify(app.log)).toContain('expired');
  });

  it('gives the reply that was found, and not another one, to who goes on', async () => {
    const { backend, nthAsked } = heldBackend();
    const app = slackApp({ backend });
    await app.say('hello', { at: 1 });
    const first = app.wake(CONVERSATION);
    (await nthAsked(1)).answer('the first');
    await first;
    expect(app.posts()).toEqual(['the first']);
    // As if the consumer had been killed between delivery and acknowledgement.
    const inbox = await app.inboxOf(CONVERSATION);
    await app.say('again', { at: 2 });
    const work = await taken(inbox);
    await inbox.keepReply(work.token, 'found before', LEASE_MS);
    await ready(app);
    await app.wake(CONVERSATION);
    expect(app.posts()).toEqual(['the first', 'found before']);
    expect(app.requests).toHaveLength(1);
  });

  it('is gone when nothing of it would be missed', async () => {
    const app = slackApp();
    await app.say('hello', { at: 1 });
    await app.wake(CONVERSATION);
    const inbox = await app.inboxOf(CONVERSATION);
    await runInDurableObject(inbox, (_, { storage }) => {
      for (const [key, value] of [...storage.kv.list<{ expiresAt: number }>({ prefix: 'seen:' })])
        storage.kv.put(key, { ...value, expiresAt: 1 });
    });
    await runDurableObjectAlarm(inbox);
    const kept = () =>
      runInDurableObject(inbox, async (_, { storage }) => ({
        keys: [...storage.kv.list()].map(([key]) => key),
        alarm: await storage.getAlarm(),
      }));
    expect(await kept()).toEqual({ keys: ['about'], alarm: expect.any(Number) });
    // A month of silence.
    await runInDurableObject(inbox, (_, { storage }) => {
      storage.kv.put('about', { ...storage.kv.get<object>('about'), touchedAt: 1 });
    });
    await evictDurableObject(inbox);
    await runDurableObjectAlarm(inbox);
    expect(await kept()).toEqual({ keys: [], alarm: null });
  });
});

describe('commands', () => {
  it('tell what there is, and change the persona', async () => {
    const app = slackApp({ integration: { persona: ['I am a cook.'] } });
    const say = async (text: string, at: number) => {
      await app.say(text, { at });
      await app.wake(CONVERSATION);
      return app.posts().at(-1);
    };
    expect(await say('!help', 1)).toBe(SENTENCES.help);
    expect(await say('!persona', 2)).toContain('I am a cook.');
    expect(await say('hello', 3)).toBe('hello there');
    expect(await say('!persona I am a pirate. I love parrots.', 4)).toMatch(/pirate\.\n.*parrots/);
    await say('hello again', 5);
    expect(prompt(app.requests.at(-1))).toContain('pirate');
    await say('!persona default', 6);
    await say('and now?', 7);
    expect(prompt(app.requests.at(-1))).toContain('cook');
    expect(await say(`!persona ${'I am long. '.repeat(300)}`, 8)).toMatch(/^The persona is too long/);
  });

  it('forget the conversation', async () => {
    const app = slackApp({ backend: sayBack('i have two cats.') });
    for (const [index, text] of ['do you have pets?', '!reset', 'and now?'].entries()) {
      await app.say(text, { at: index });
      await app.wake(CONVERSATION);
    }
    expect(app.posts()[1]).toBe(SENTENCES.reset);
    expect(prompt(app.requests.at(-1))).not.toContain('pets');
    await app.say('!reset', { at: 9 });
    await app.wake(CONVERSATION);
    expect(app.posts().at(-1)).toBe(SENTENCES.reset);
  });
});

async function taken(inbox: unknown): Promise<Work> {
  const work = await (inbox as Inbox).take(LEASE_MS);
  return work!;
}

/** Lets the time pass that a message is not to be tried before, or is somebody's, and says when that would have been. */
async function ready(app: ReturnType<typeof slackApp>): Promise<number> {
  const inbox = await app.inboxOf(CONVERSATION);
  const times = await runInDurableObject(inbox, (_, { storage }) =>
    [...storage.kv.list<Waiting>({ prefix: 'message:' })].map(([key, waiting]) => {
      const { lease } = waiting;
      storage.kv.put(key, { ...waiting, notBefore: 0, lease: lease && { ...lease, until: 0 } });
      return waiting.notBefore;
    }),
  );
  await evictDurableObject(inbox);
  return Math.max(0, ...times);
}
