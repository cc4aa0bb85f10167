import { describe, expect, it } from 'vitest';
import { telegram } from '../../../../edge/webhooks/channels/telegram/channel.ts';
import { received } from '../sign.ts';
import { answered } from './sent.ts';

const settings = telegram.settings.parse({
  botToken: ['42:abc'],
  secretToken: ['a-secret-of-the-hook', 'its-secret-of-before'],
  botUsername: 'TandemBot',
});
const parse = (payload: unknown) => telegram.parse(received(JSON.stringify(payload)), settings);

const from = { id: 7, is_bot: false };
const privately = { message_id: 5, from, chat: { id: 7, type: 'private' }, date: 1, text: 'hello' };
const inGroup = { ...privately, chat: { id: -100, type: 'supergroup' } };
const update = (message: object) => ({ update_id: 9, message });

describe('verify', () => {
  const verify = (secret?: string) =>
    telegram.verify(
      received('{}', { headers: secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret } }),
      settings,
      0,
    );

  it('accepts the secrets that are valid', async () => {
    expect(await verify('a-secret-of-the-hook')).toBe(true);
    expect(await verify('its-secret-of-before')).toBe(true);
  });

  it.each([undefined, '', 'a-secret-of-the-hooc', 'a-secret-of-the-hook ', 'a-secret'])(
    'refuses %j',
    async (secret) => {
      // Headers have no white space around their values.
      expect(await verify(secret)).toBe(secret === 'a-secret-of-the-hook ');
    },
  );
});

describe('parse', () => {
  it('has a private chat in one conversation', () => {
    expect(parse(update(privately))).toMatchObject({
      messages: [
        {
          ...{
            id: '9',
            conversation: '7',
            place: '7',
            person: '7',
            text: 'hello',
            sequence: 5,
            sentAtMs: 1_000,
          },
          replyTo: { chat: 7, topic: null, message: null },
        },
      ],
    });
  });

  it.each([
    ['a mention', { ...inGroup, text: '@tandembot hello' }, 'hello'],
    ['a mention within', { ...inGroup, text: 'hello @TandemBot, you' }, 'hello , you'],
    [
      'a mention under a picture',
      { ...inGroup, text: undefined, photo: [], caption: '@TandemBot look' },
      'look',
    ],
    ['an answer to the bot', { ...inGroup, reply_to_message: { from: { id: 42, is_bot: true } } }, 'hello'],
    ['a command', { ...inGroup, text: '/reset@TandemBot' }, '/reset'],
    [
      'a command to whom it may concern',
      { ...inGroup, text: '/persona I am a cook.' },
      '/persona I am a cook.',
    ],
  ])('answers in a group %s', (_, message, text) => {
    expect(parse(update(message))).toMatchObject({
      messages: [{ text, conversation: '-100', replyTo: { chat: -100, message: 5 } }],
    });
  });

  it('has a topic of a group in a conversation of its own', () => {
    const message = { ...inGroup, text: '@TandemBot hi', message_thread_id: 3 };
    expect(parse(update({ ...message, is_topic_message: true }))).toMatchObject({
      messages: [{ conversation: '-100:3', place: '-100', replyTo: { topic: 3 } }],
    });
    // A thread of answers is no topic.
    expect(parse(update(message))).toMatchObject({ messages: [{ conversation: '-100' }] });
  });

  it('says that it cannot see pictures, by a text that is empty', () => {
    expect(parse(update({ ...privately, text: undefined, sticker: {} }))).toMatchObject({
      messages: [{ text: '' }],
    });
  });

  it.each([
    ['a bot', update({ ...privately, from: { id: 8, is_bot: true } })],
    ['a bot’s words in a person’s mouth', update({ ...privately, via_bot: { id: 8, is_bot: true } })],
    ['nobody', update({ ...privately, from: undefined })],
    ['a group’s talk', update(inGroup)],
    ['another bot’s mention', update({ ...inGroup, text: '@TandemBotty hello' })],
    ['another bot’s command', update({ ...inGroup, text: '/reset@OtherBot' })],
    ['an answer to somebody else', update({ ...inGroup, reply_to_message: { from } })],
    ['a newcomer', update({ ...privately, text: undefined, new_chat_members: [from] })],
    ['a change', { update_id: 9, edited_message: privately }],
    ['a post of a channel', { update_id: 9, channel_post: privately }],
    ['an update of tomorrow', { update_id: 9, hologram: {} }],
  ])('ignores %s', (_, payload) => {
    expect(parse(payload).kind).toBe('ignored');
  });

  it.each([
    [{}],
    [[]],
    ['x'],
    [{ update_id: -1 }],
    [update({ ...privately, chat: 7 })],
    [update({ ...privately, text: 7 })],
  ])('refuses %j', (payload) => {
    expect(() => parse(payload)).toThrow(/payload/);
  });
});

describe('a reply', () => {
  const kept = (replyTo: object) => ({
    ...{ id: '1', conversation: 'c', place: 'c', person: 'p', text: '', sequence: 1, deliveryId: '' },
    replyTo,
  });

  it('is plain text, the first part an answer to the message', () => {
    const calls = telegram.replies(
      '*word* '.repeat(700),
      kept({ chat: -100, topic: 3, message: 5 }),
      settings,
    );
    const bodies = calls.map(({ body }) => JSON.parse(body!));
    expect(calls[0]!.url).toBe('https://api.telegram.org/bot42:abc/sendMessage');
    expect(bodies).toHaveLength(2);
    expect(bodies[0]).toMatchObject({
      chat_id: -100,
      message_thread_id: 3,
      reply_parameters: { message_id: 5 },
    });
    expect(bodies[1]).not.toHaveProperty('reply_parameters');
    for (const body of bodies) {
      expect(body.text.length).toBeLessThanOrEqual(4_096);
      expect(body).not.toHaveProperty('parse_mode');
    }
  });

  it('is announced', () => {
    const call = telegram.typing!(kept({ chat: 7, topic: null, message: null }), settings)!;
    expect(call.url).toMatch(/sendChatAction$/);
    expect(JSON.parse(call.body!)).toEqual({ chat_id: 7, action: 'typing' });
  });

  it.each([
    [200, '{"ok":true}', { outcome: 'delivered' }],
    [429, '{"ok":false,"parameters":{"retry_after":14}}', { outcome: 'again', afterSeconds: 14 }],
    [502, '', { outcome: 'again', afterSeconds: null }],
    [403, '{"ok":false,"description":"Forbidden: bot was blocked by the user"}', { outcome: 'refused' }],
  ])('that is answered by %i %s', (status, body, outcome) => {
    expect(telegram.readAnswer!(answered(status, body))).toMatchObject(outcome);
  });
});

describe('register', () => {
  it('gives Telegram the address, the newest secret and the commands', () => {
    const [hook, commands] = telegram.register!('https://edge.example/webhooks/int_1', settings);
    expect(JSON.parse(hook!.body!)).toEqual({
      url: 'https://edge.example/webhooks/int_1',
      secret_token: 'a-secret-of-the-hook',
      allowed_updates: ['message'],
    });
    expect(commands!.url).toMatch(/setMyCommands$/);
  });
});
