import { describe, expect, it } from 'vitest';
import type { Received } from '../../../../edge/webhooks/channels/channel.ts';
import { slack } from '../../../../edge/webhooks/channels/slack/channel.ts';
import { directMessage } from '../inbound-app.ts';
import { received, slackHeaders } from '../sign.ts';
import { answered } from './sent.ts';

const settings = slack.settings.parse({ signingSecret: ['secret'], botToken: ['xoxb-1'] });

/** The worked example of Slack's "Verifying requests from Slack". */
const EXAMPLE = {
  secret: '8f742231b10e8888abcd99yyyzzz85a5',
  nowSeconds: 1_531_420_618,
  signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  body:
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
    '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com' +
    '%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
};

describe('verify', () => {
  const verifyExample = (
    change: {
      body?: string;
      signature?: string | null;
      secrets?: [string, ...string[]];
      time?: string;
      now?: number;
    } = {},
  ) => {
    const headers: Record<string, string> = {
      'x-slack-request-timestamp': change.time ?? String(EXAMPLE.nowSeconds),
    };
    const signature = change.signature === undefined ? EXAMPLE.signature : change.signature;
    if (signature !== null) headers['x-slack-signature'] = signature;
    return slack.verify(
      received(change.body ?? EXAMPLE.body, { headers }),
      { ...settings, signingSecret: change.secrets ?? [EXAMPLE.secret] },
      change.now ?? EXAMPLE.nowSeconds,
    );
  };

  it('accepts the example of Slack’s documentation', async () => {
    expect(await verifyExample()).toBe(true);
    expect(await verifyExample({ now: EXAMPLE.nowSeconds + 300 })).toBe(true);
  });

  it('accepts any of the secrets that are valid while they rotate', async () => {
    expect(await verifyExample({ secrets: ['new', EXAMPLE.secret] })).toBe(true);
    expect(await verifyExample({ secrets: [EXAMPLE.secret, 'old'] })).toBe(true);
  });

  it.each([
    ['another body', { body: `${EXAMPLE.body}&` }],
    ['another secret', { secrets: ['other'] as [string] }],
    ['another time', { time: String(EXAMPLE.nowSeconds + 1) }],
    ['a time that is not now', { now: EXAMPLE.nowSeconds + 301 }],
    ['a time to come', { now: EXAMPLE.nowSeconds - 301 }],
    ['no signature', { signature: null }],
    ['a signature that is nearly right', { signature: EXAMPLE.signature.replace(/3$/, '4') }],
    ['the beginning of the right one', { signature: EXAMPLE.signature.slice(0, -2) }],
    ['one without its version', { signature: EXAMPLE.signature.slice(3) }],
    ['no hexadecimal', { signature: 'v0=zz' }],
  ])('refuses %s', async (_, change) => {
    expect(await verifyExample(change)).toBe(false);
  });
});

function parseEvent(event: object): Received {
  const payload = { ...directMessage('', { at: 1 }), event };
  return slack.parse(received(JSON.stringify(payload)), settings);
}

function parseForm(fields: Record<string, string>): Received {
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': '1700000000',
  };
  return slack.parse(received(new URLSearchParams(fields).toString(), { headers }), settings);
}

const message = { type: 'message', channel: 'C1', user: 'U1', text: 'hi', ts: '1700000000.000100' };
const command = {
  team_id: 'T1',
  channel_id: 'C1',
  user_id: 'U1',
  text: 'hello',
  trigger_id: '1.2.3',
  response_url: 'https://hooks.slack.com/commands/1/2/3',
};

describe('parse', () => {
  it('answers the challenge', async () => {
    const challenge = slack.parse(received('{"type":"url_verification","challenge":"abc"}'), settings);
    expect(challenge.kind).toBe('answer');
    expect(await (challenge as { response: Response }).response.json()).toEqual({ challenge: 'abc' });
  });

  it.each([
    ['a direct message', { ...message, channel: 'D1', channel_type: 'im' }, 'T1:D1', null, false],
    [
      'a thread of direct messages',
      { ...message, channel: 'D1', channel_type: 'im', thread_ts: '1.000000' },
      'T1:D1:1.000000',
      '1.000000',
      false,
    ],
    ['a mention', { ...message, type: 'app_mention' }, `T1:C1:${message.ts}`, message.ts, false],
    [
      'a mention in a thread',
      { ...message, type: 'app_mention', thread_ts: '1.000000' },
      'T1:C1:1.000000',
      '1.000000',
      false,
    ],
    ['what is said in a thread', { ...message, thread_ts: '1.000000' }, 'T1:C1:1.000000', '1.000000', true],
  ])('has %s in its conversation', (_, event, conversation, thread, overheard) => {
    expect(parseEvent(event)).toMatchObject({
      kind: 'messages',
      messages: [
        {
          id: `T1:${event.channel}:${message.ts}`,
          conversation,
          overheard,
          place: event.channel,
          person: 'U1',
          sequence: 1_700_000_000_000_100,
          replyTo: { channel: event.channel, thread },
        },
      ],
    });
  });

  it.each([
    ['<@UBOT> hello', 'hello'],
    ['hello <@UBOT|tandem>, how are you?', 'hello , how are you?'],
    ['I am <@U2|Ada> in <#C1|general>', 'I am Ada in general'],
    ['see <https://example.com|this page> or <https://example.com>', 'see this page or https://example.com'],
    ['<mailto:a@example.com|a@example.com> <!here>', 'a@example.com'],
    ['1 &lt; 2 &amp;&amp; 3 &gt; 2, &amp;lt;', '1 < 2 && 3 > 2, &lt;'],
  ])('reads %j as people do', (text, plain) => {
    const parsed = parseEvent({ ...message, type: 'app_mention', text });
    expect(parsed).toMatchObject({ messages: [{ text: plain }] });
  });

  it.each([
    ['a bot', { ...message, bot_id: 'B1' }],
    ['itself', { ...message, user: 'UBOT' }],
    ['Slackbot', { ...message, user: 'USLACKBOT' }],
    ['nobody', { ...message, user: undefined }],
    ['a change', { ...message, subtype: 'message_changed' }],
    ['a bot’s message of old', { ...message, subtype: 'bot_message' }],
    ['a newcomer', { ...message, subtype: 'channel_join' }],
    ['a reaction', { type: 'reaction_added' }],
    ['an event of tomorrow', { type: 'hologram_shown', user: { deep: [1] } }],
  ])('ignores %s', (_, event) => {
    expect(parseEvent(event).kind).toBe('ignored');
  });

  it('has a command in its channel’s conversation', async () => {
    const parsed = parseForm(command);
    expect(parsed).toMatchObject({
      messages: [
        {
          id: 'T1:C1:1.2.3',
          conversation: 'T1:C1',
          text: 'hello',
          sequence: 1_700_000_000_000_000,
          replyTo: { responseUrl: command.response_url },
        },
      ],
    });
  });

  it.each([
    ['reset', '/reset'],
    ['', '/help'],
    ['Persona I am a cook.', '/Persona I am a cook.'],
    ['help me with this', 'help me with this'],
  ])('takes the command %j for %j', (text, said) => {
    expect(parseForm({ ...command, text })).toMatchObject({ messages: [{ text: said }] });
  });

  it.each([
    ['https://evil.example/x'],
    ['http://hooks.slack.com/x'],
    ['https://slack.com.evil.example/'],
    ['https://hooks.slack.com@evil.example/'],
    ['javascript:1'],
    [''],
  ])('refuses to answer at %j', (response_url) => {
    expect(() => parseForm({ ...command, response_url })).toThrow(/payload|response_url/);
  });

  it('ignores the look at its certificate', () => {
    expect(parseForm({ ssl_check: '1', token: 'x' }).kind).toBe('ignored');
  });
});

describe('a reply', () => {
  const kept = (replyTo: unknown) => ({
    ...{ id: '1', conversation: 'c', place: 'C1', person: 'U1', text: 'hi', sequence: 1, replyTo },
    deliveryId: '3b241101-e2bb-4255-8caf-4136c566a962',
  });

  it('is escaped, without markdown, in its thread, with an id for each part', () => {
    const text = `<@everyone> & *you* ${'word '.repeat(1_000)}`;
    const calls = slack.replies(text, kept({ channel: 'C1', thread: '1.0' }), settings);
    const bodies = calls.map(({ body }) => JSON.parse(body!));
    expect(bodies).toHaveLength(2);
    expect(bodies[0].text).toMatch(/^&lt;@everyone&gt; &amp; \*you\* word/);
    expect(bodies.map(({ client_msg_id }) => client_msg_id)).toEqual([
      '3b241101-e2bb-4255-8caf-4136c566a900',
      '3b241101-e2bb-4255-8caf-4136c566a901',
    ]);
    for (const body of bodies) expect(body).toMatchObject({ channel: 'C1', thread_ts: '1.0', mrkdwn: false });
    expect(calls[0]).toMatchObject({
      url: 'https://slack.com/api/chat.postMessage',
      headers: { authorization: 'Bearer xoxb-1' },
    });
  });

  it('to a command goes to its address, without a token', () => {
    const [call] = slack.replies('hi', kept({ responseUrl: command.response_url }), settings);
    expect(call).toMatchObject({
      url: command.response_url,
      headers: { 'content-type': expect.any(String) },
    });
    expect(JSON.stringify(call)).not.toContain('xoxb');
    expect(JSON.parse(call!.body!)).toMatchObject({ response_type: 'in_channel', text: 'hi' });
  });

  it.each([
    [200, '{"ok":true}', 'delivered'],
    [200, 'ok', 'delivered'],
    [200, '{"ok":true,"message":{"text":"cut of', 'delivered'],
    [200, '{"ok":false,"error":"channel_not_found"}', 'refused'],
    [200, '{"ok":false,"error":"ratelimited"}', 'again'],
    [404, '', 'refused'],
    [429, '', 'again'],
    [503, '', 'again'],
    [302, '', 'refused'],
  ])('that is answered by %i %s is %s', (status, body, outcome) => {
    expect(slack.readAnswer!(answered(status, body)).outcome).toBe(outcome);
  });

  it('is announced in a thread of the assistant’s alone', () => {
    expect(slack.typing!(kept({ channel: 'C1', thread: '1.0' }), settings)).toBeNull();
    expect(slack.typing!(kept({ responseUrl: 'x' }), settings)).toBeNull();
    expect(slack.typing!(kept({ channel: 'D1', thread: '1.0' }), settings)?.url).toMatch(/setStatus$/);
  });
});

describe('its signatures', () => {
  it('are those that the tests make', async () => {
    const headers = await slackHeaders(EXAMPLE.body, EXAMPLE);
    expect(headers['x-slack-signature']).toBe(EXAMPLE.signature);
  });
});
