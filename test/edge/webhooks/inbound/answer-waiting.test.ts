import { describe, expect, it } from 'vitest';
import { SENTENCES } from '../../../../edge/webhooks/inbound/sentences.ts';
import { sayBack } from '../../test-app.ts';
import { slackApp } from '../inbound-app.ts';
import { CONVERSATION, LEASE_MS, ready, taken } from './direct-inbox.ts';

const away = async () => new Response(null, { status: 503 });

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
