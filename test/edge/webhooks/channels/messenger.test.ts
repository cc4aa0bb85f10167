import { describe, expect, it } from 'vitest';
import { MalformedPayload } from '../../../../edge/webhooks/channels/channel.ts';
import { messenger } from '../../../../edge/webhooks/channels/messenger/channel.ts';
import { hmacHex, received } from '../sign.ts';
import { bodyOf, kept, messagesIn } from './sent.ts';

const settings = messenger.settings.parse({
  accessToken: ['EAAP'],
  appSecret: ['app-secret'],
  verifyToken: ['verify-token'],
  apiUrl: 'https://graph.example/v23.0',
});

const said = {
  sender: { id: '6789' },
  recipient: { id: '1234' },
  timestamp: 1_458_692_752_478,
  message: { mid: 'm_1457764197618:41d102a3e1ae206a38', text: 'hello, world!' },
};
const page = (...messaging: object[]) =>
  JSON.stringify({ object: 'page', entry: [{ id: '1234', time: 1_458_692_752_478, messaging }] });
const parse = (body: string) => messenger.parse(received(body), settings);

describe('Messenger', () => {
  it('is known by its signature, also of what it writes in escapes', async () => {
    const body = page({ ...said, message: { mid: 'm_1', text: 'ä' } }).replace('ä', '\\u00e4');
    const headers = { 'x-hub-signature-256': `sha256=${await hmacHex('app-secret', body)}` };
    expect(await messenger.verify(received(body, { headers }), settings, 0)).toBe(true);
    const unescaped = received(body.replace('\\u00e4', 'ä'), { headers });
    expect(await messenger.verify(unescaped, settings, 0)).toBe(false);
    expect(messagesIn(parse(body))[0]!.text).toBe('ä');
  });

  it('says what a person wrote', () => {
    expect(messagesIn(parse(page(said)))).toEqual([
      {
        id: said.message.mid,
        conversation: '1234:6789',
        place: '1234',
        person: '6789',
        text: 'hello, world!',
        sequence: 1_458_692_752_478,
        sentAtMs: 1_458_692_752_478,
        answerableMs: 86_340_000,
        replyTo: { recipient: '6789', app: 'page' },
      },
    ]);
  });

  it('says what a person pressed', () => {
    const { message: _, ...rest } = said;
    const pressed = { ...rest, postback: { mid: 'm_2', title: 'Get started', payload: 'START' } };
    expect(messagesIn(parse(page(pressed)))[0]).toMatchObject({ id: 'm_2', text: 'Get started' });
    const old = { ...rest, postback: { title: 'Get started', payload: 'START' } };
    expect(messagesIn(parse(page(old)))[0]!.id).toBe('6789:1458692752478');
  });

  it('says nothing where a person sent a picture alone, which is told so', () => {
    const picture = { ...said, message: { mid: 'm_4', attachments: [{ type: 'image' }] } };
    expect(messagesIn(parse(page(picture)))[0]!.text).toBe('');
  });

  it('brings Instagram’s messages in the same form, and takes 1,000 bytes at once there', () => {
    const [message] = messagesIn(parse(page(said).replace('"page"', '"instagram"')));
    const parts = messenger
      .replies('schön '.repeat(300), kept(message!), settings)
      .map((call) => (bodyOf(call) as { message: { text: string } }).message.text);
    expect(parts).toHaveLength(3);
    for (const part of parts) expect(new TextEncoder().encode(part).length).toBeLessThanOrEqual(1_000);
  });

  it.each([
    ['the echo of what it sent itself', { ...said, message: { ...said.message, is_echo: true } }],
    ['what was taken back', { ...said, message: { mid: 'm_3', is_deleted: true } }],
    ['that a message was delivered', { sender: said.sender, delivery: { mids: ['m_1'] } }],
    ['that a message was read', { sender: said.sender, read: { watermark: 1 } }],
    ['events of a kind that is not known', { sender: said.sender, game_play: {} }],
  ])('ignores %s', (_, event) => {
    expect(parse(page(event)).kind).toBe('ignored');
  });

  it('ignores what another app of the page answers', () => {
    expect(parse(JSON.stringify({ object: 'page', entry: [{ id: '1', standby: [said] }] })).kind).toBe(
      'ignored',
    );
    expect(parse(JSON.stringify({ object: 'user', entry: [] })).kind).toBe('ignored');
  });

  it.each(['{', '[]', '{"object":"page","entry":{}}', page({ message: {} }), page({ ...said, sender: 5 })])(
    'refuses %j',
    (body) => {
      expect(() => parse(body)).toThrow(MalformedPayload);
    },
  );

  it('is answered in parts of 2,000 characters', () => {
    const message = kept(messagesIn(parse(page(said)))[0]!);
    const calls = messenger.replies('word '.repeat(700), message, settings);
    expect(calls.map(({ url }) => url)).toEqual(Array(2).fill('https://graph.example/v23.0/me/messages'));
    expect(bodyOf(calls[1]!)).toMatchObject({ recipient: { id: '6789' }, messaging_type: 'RESPONSE' });
    expect(bodyOf(messenger.typing!(message, settings)!)).toEqual({
      recipient: { id: '6789' },
      sender_action: 'typing_on',
    });
  });

  it('is told of by the subscription of its page', () => {
    expect(messenger.register!('', settings)[0]!.url).toBe(
      'https://graph.example/v23.0/me/subscribed_apps?subscribed_fields=messages,messaging_postbacks',
    );
  });
});
