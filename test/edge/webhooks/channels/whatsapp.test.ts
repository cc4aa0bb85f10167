import { describe, expect, it } from 'vitest';
import { MalformedPayload } from '../../../../edge/webhooks/channels/channel.ts';
import { whatsapp } from '../../../../edge/webhooks/channels/whatsapp/channel.ts';
import { hmacHex, received } from '../sign.ts';
import { answered, bodyOf, kept, messagesIn } from './sent.ts';

const settings = whatsapp.settings.parse({
  phoneNumberId: '106540352242922',
  accessToken: ['EAAG'],
  appSecret: ['app-secret', 'app-secret-before'],
  verifyToken: ['verify-token'],
  apiUrl: 'https://graph.example/v23.0',
});

const text = {
  from: '16315551181',
  id: 'wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBI5QTNDQTVCM0Q0Q0Q2RTY3RTcA',
  timestamp: '1683229471',
  type: 'text',
  text: { body: 'Does it come in another color?' },
};

/** A notification in the form of Meta's documentation. */
function notification(value: object, { field = 'messages', object = 'whatsapp_business_account' } = {}) {
  const metadata = { display_phone_number: '15550783881', phone_number_id: '106540352242922' };
  const change = { field, value: { messaging_product: 'whatsapp', metadata, ...value } };
  return JSON.stringify({ object, entry: [{ id: '102290129340398', changes: [change] }] });
}

const parse = (body: string) => whatsapp.parse(received(body), settings);

describe('WhatsApp', () => {
  it.each([
    ['its secret', 'app-secret', true],
    ['the one of before a rotation', 'app-secret-before', true],
    ['another', 'another', false],
  ])('is known by the signature with %s: %s → %s', async (_, secret, isGenuine) => {
    const body = notification({ messages: [text] });
    const headers = { 'x-hub-signature-256': `sha256=${await hmacHex(secret, body)}` };
    expect(await whatsapp.verify(received(body, { headers }), settings, 0)).toBe(isGenuine);
    expect(await whatsapp.verify(received(`${body} `, { headers }), settings, 0)).toBe(false);
  });

  it.each([undefined, '', 'sha256=', 'sha256=zz', 'sha1=00', `sha256=${'0'.repeat(64)}`])(
    'is not known by the signature %j',
    async (signature) => {
      const headers: Record<string, string> =
        signature === undefined ? {} : { 'x-hub-signature-256': signature };
      expect(await whatsapp.verify(received('{}', { headers }), settings, 0)).toBe(false);
    },
  );

  it('gets its challenge back, with the token that was chosen alone', async () => {
    const url = (token: string) =>
      `https://edge.example/webhooks/int_1?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}`;
    const get = (token: string) => ({ ...received('', { url: url(token) }), method: 'GET' as const });
    expect(await whatsapp.verify(get('wrong'), settings, 0)).toBe(false);
    expect(await whatsapp.verify(get(''), settings, 0)).toBe(false);
    expect(await whatsapp.verify(get('verify-token'), settings, 0)).toBe(true);
    const answer = whatsapp.parse(get('verify-token'), settings);
    expect(answer.kind).toBe('answer');
    const { response } = answer as { response: Response };
    expect(await response.text()).toBe('1158201444');
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  it('says what a person wrote', () => {
    const [message] = messagesIn(parse(notification({ messages: [text] })));
    expect(message).toEqual({
      id: text.id,
      conversation: '106540352242922:16315551181',
      place: '16315551181',
      person: '16315551181',
      text: 'Does it come in another color?',
      sequence: 1_683_229_471,
      sentAtMs: 1_683_229_471_000,
      answerableMs: 86_340_000,
      replyTo: { to: '16315551181', messageId: text.id },
    });
  });

  it.each([
    [{ type: 'button', button: { text: 'Yes', payload: 'y' } }, 'Yes'],
    [
      { type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: '1', title: 'No' } } },
      'No',
    ],
    [
      { type: 'interactive', interactive: { type: 'list_reply', list_reply: { id: '1', title: 'Two' } } },
      'Two',
    ],
  ])('says what a person pressed: %j', (pressed, title) => {
    const { text: _, ...rest } = text;
    const [message] = messagesIn(parse(notification({ messages: [{ ...rest, ...pressed }] })));
    expect(message!.text).toBe(title);
  });

  it.each([
    [{ type: 'image', image: { id: '1', caption: 'Look' } }, 'Look'],
    [{ type: 'document', document: { id: '1', filename: 'a.pdf' } }, ''],
    [{ type: 'audio', audio: { id: '1', voice: true } }, ''],
    [{ type: 'location', location: { latitude: 1, longitude: 2 } }, ''],
  ])('says of %j its caption, or nothing, which is told so', (sent, said) => {
    const { text: _, ...rest } = text;
    expect(messagesIn(parse(notification({ messages: [{ ...rest, ...sent }] })))[0]!.text).toBe(said);
  });

  it('holds several messages, of several people', () => {
    const other = { ...text, id: 'wamid.2', from: '16315551182' };
    expect(messagesIn(parse(notification({ messages: [text, other] }))).map(({ id }) => id)).toEqual([
      text.id,
      'wamid.2',
    ]);
  });

  it.each([
    ['statuses of own messages', notification({ statuses: [{ id: 'wamid.3', status: 'read' }] })],
    ['what is of tomorrow', notification({ messages: [{ ...text, type: 'hologram', hologram: {} }] })],
    ['reactions', notification({ messages: [{ ...text, type: 'reaction', reaction: { emoji: 'x' } }] })],
    ['other fields', notification({ messages: [text] }, { field: 'account_update' })],
    ['other products', notification({ messages: [text] }, { object: 'page' })],
    [
      'other numbers of the account',
      notification({ messages: [text], metadata: { phone_number_id: '999' } }),
    ],
  ])('ignores %s', (_, body) => {
    expect(parse(body).kind).toBe('ignored');
  });

  it.each([
    '',
    'nonsense',
    '[]',
    '{}',
    '{"object":"whatsapp_business_account"}',
    notification({ messages: [{}] }),
  ])('refuses %j', (body) => {
    expect(() => parse(body)).toThrow(MalformedPayload);
  });

  it('is answered through its number, in parts that it takes', () => {
    const [message] = messagesIn(parse(notification({ messages: [text] })));
    const calls = whatsapp.replies('word '.repeat(1_000), kept(message!), settings);
    expect(calls).toHaveLength(2);
    expect(calls[0]).toMatchObject({
      method: 'POST',
      url: 'https://graph.example/v23.0/106540352242922/messages',
      headers: { authorization: 'Bearer EAAG', 'content-type': 'application/json' },
    });
    const [first] = calls.map(bodyOf) as { to: string; text: { body: string } }[];
    expect(first).toMatchObject({ messaging_product: 'whatsapp', to: '16315551181', type: 'text' });
    expect(first!.text.body.length).toBeLessThanOrEqual(4_096);
  });

  it('formats nothing of a reply', () => {
    const [message] = messagesIn(parse(notification({ messages: [text] })));
    const [call] = whatsapp.replies(
      'https://a.example/b_c_d *smiles* 2 * 3 is snake_case_ok',
      kept(message!),
      settings,
    );
    const { body } = (bodyOf(call!) as { text: { body: string } }).text;
    expect(body).toBe('https://a.example/b_c_d *\u200bsmiles* 2 * 3 is snake_\u200bcase_ok');
  });

  it('shows that a reply is being written', () => {
    const [message] = messagesIn(parse(notification({ messages: [text] })));
    expect(bodyOf(whatsapp.typing!(kept(message!), settings)!)).toEqual({
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: text.id,
      typing_indicator: { type: 'text' },
    });
  });

  it.each([
    [200, '{}', 'delivered'],
    [400, '{"error":{"code":131047,"message":"Re-engagement message"}}', 'refused'],
    [400, '{"error":{"code":130429,"message":"Rate limit hit"}}', 'again'],
    [401, '{"error":{"code":190,"message":"expired"}}', 'refused'],
    [403, '<html>', 'refused'],
    [500, '', 'again'],
  ])('answers %d %s: %s', (status, body, outcome) => {
    expect(whatsapp.readAnswer!(answered(status, body)).outcome).toBe(outcome);
  });
});
