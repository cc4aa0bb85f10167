import { describe, expect, it } from 'vitest';
import { addCount } from '../../../../edge/figures/counters.ts';
import { addTime } from '../../../../edge/figures/histogram.ts';
import { countRequest, noFigures } from '../../../../edge/figures/minute-figures.ts';
import { SENTENCES } from '../../../../edge/webhooks/inbound/sentences.ts';
import { json, prompt, sayBack } from '../../test-app.ts';
import { directMessage, slackApp } from '../inbound-app.ts';
import { CONVERSATION } from './direct-inbox.ts';

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
    const app = slackApp({ backend: async () => new Response(null, { status: 503 }) });
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
