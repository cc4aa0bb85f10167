import { directMessage } from '../inbound-app.ts';
import { hex, hmacHex } from '../sign.ts';

/** What a channel sends: a message, and the requests that are not answered. */
export interface Sample {
  channel: string;
  /** What of it, where it has several forms. */
  form?: string;
  /** As the channel's schema takes them. */
  settings: object;
  headers: Record<string, string>;
  body: string;
  /** The header that is signed or secret, and what stands in it before the signature. */
  signatureHeader: string;
  prefix: string;
  sign(request: { body: string; url: string; nowSeconds: number }): Promise<string>;
  /** The header with the time that is signed, where there is one. */
  timeHeader?: string;
  /** Bodies of types that nobody knows here, or that bots send: ignored. */
  ignored: string[];
  /** Bodies that the channel does not send: refused. */
  malformed: string[];
}

async function hmac(hash: string, secret: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign']);
  return base64(await crypto.subtle.sign('HMAC', key, encoder.encode(text)));
}

const base64 = (bytes: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };

const slack = {
  channel: 'slack',
  settings: { signingSecret: ['s'], botToken: ['b'] },
  signatureHeader: 'x-slack-signature',
  prefix: 'v0=',
  timeHeader: 'x-slack-request-timestamp',
  sign: ({ body, nowSeconds }: { body: string; nowSeconds: number }) =>
    hmacHex('s', `v0:${nowSeconds}:${body}`),
};
const slackEvent = (event: object) => JSON.stringify({ ...directMessage('x', { at: 1 }), event });

// RFC 8032, 7.1, test 1; before the secret key what PKCS #8 says of it.
const ED25519_PUBLIC = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
const ED25519_PKCS8 =
  '302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';

async function ed25519(text: string): Promise<string> {
  const bytes = Uint8Array.from(ED25519_PKCS8.match(/../g)!, (digits) => Number.parseInt(digits, 16));
  const key = await crypto.subtle.importKey('pkcs8', bytes, 'Ed25519', false, ['sign']);
  return hex(await crypto.subtle.sign('Ed25519', key, new TextEncoder().encode(text)));
}

const interaction = {
  ...{ id: '1175928847299117063', application_id: '1', type: 2, token: 'T', channel_id: '2' },
  member: { user: { id: '3' } },
  data: { options: [{ name: 'message', value: 'hi' }] },
};
const telegramMessage = {
  ...{ message_id: 1, date: 1_700_000_000 },
  ...{ from: { id: 1, is_bot: false }, chat: { id: 1, type: 'private' } },
  text: 'hi',
};

const meta = {
  settings: { accessToken: ['t'], appSecret: ['s'], verifyToken: ['v'] },
  headers: json,
  signatureHeader: 'x-hub-signature-256',
  prefix: 'sha256=',
  sign: ({ body }: { body: string }) => hmacHex('s', body),
};
const whatsapp = (value: object) =>
  JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '1',
        changes: [{ field: 'messages', value: { metadata: { phone_number_id: '12345' }, ...value } }],
      },
    ],
  });
const messenger = (event: object) =>
  JSON.stringify({ object: 'page', entry: [{ id: '1', messaging: [event] }] });
const messengerEvent = { sender: { id: '2' }, recipient: { id: '1' }, timestamp: 1 };

const twilio = {
  channel: 'twilio',
  headers: form,
  body: 'MessageSid=SM1&From=%2B1&To=%2B2&Body=x',
  signatureHeader: 'x-twilio-signature',
  prefix: '',
  sign: ({ body, url }: { body: string; url: string }) => {
    const fields = [...new URLSearchParams(body)].sort(([one], [other]) => (one < other ? -1 : 1));
    return hmac('SHA-1', 't', url + fields.flat().join(''));
  },
  ignored: [
    'MessageSid=SM1&MessageStatus=sent',
    'MessageSid=SM1&From=%2B1&To=%2B2&Body=STOP&OptOutType=STOP',
  ],
  malformed: ['', 'nonsense', 'Body=x', 'MessageSid=SM1&From=&To=%2B2&Body=x'],
};
const twilioSettings = { accountSid: `AC${'0'.repeat(32)}`, authToken: ['t'] };

const teamsActivity = {
  ...{ type: 'message', id: '1', timestamp: '2026-11-23T10:00:00Z', text: '<at>x</at> y' },
  ...{ from: { id: '2' }, conversation: { id: '3' } },
};

const generic = {
  channel: 'generic',
  headers: { ...json, 'webhook-id': 'm' },
  body: '{"text":"x","conversation":"c","person":"p"}',
  signatureHeader: 'webhook-signature',
  prefix: 'v1,',
  timeHeader: 'webhook-timestamp',
  sign: ({ body, nowSeconds }: { body: string; nowSeconds: number }) =>
    hmac('SHA-256', 'a secret of these tests!', `m.${nowSeconds}.${body}`),
  ignored: [],
  malformed: ['', '{', '[]', '3', '{"conversation":"c","person":"p"}', '{"text":"x","conversation":{}}'],
};
const genericSettings = { signingSecret: [`whsec_${btoa('a secret of these tests!')}`] };

/** Of each channel one at least. */
export const SAMPLES: Sample[] = [
  {
    ...slack,
    headers: json,
    body: JSON.stringify(directMessage('hello', { at: 1 })),
    ignored: [
      '{"type":"app_rate_limited"}',
      slackEvent({ type: 'reaction_added' }),
      slackEvent({ type: 'message', subtype: 'a_subtype_of_tomorrow' }),
      slackEvent({ type: 'message', channel: 'D1', user: 'U1', bot_id: 'B1', text: 'x', ts: '1.000001' }),
    ],
    malformed: ['', '{', '3', '[]', '{"type":"event_callback"}', slackEvent({ type: 'message', user: 'U1' })],
  },
  {
    ...slack,
    form: 'command',
    headers: form,
    body: new URLSearchParams({
      ...{ team_id: 'T1', channel_id: 'C1', user_id: 'U1', text: 'hello', trigger_id: '1.2' },
      response_url: 'https://hooks.slack.com/commands/1/2/3',
    }).toString(),
    ignored: ['ssl_check=1&token=x'],
    malformed: ['', 'nonsense', 'team_id=T1&channel_id=C1&user_id=U1&trigger_id=1&response_url=x'],
  },
  {
    channel: 'discord',
    settings: { applicationId: '1'.repeat(18), publicKey: ED25519_PUBLIC, botToken: ['b'] },
    headers: json,
    body: JSON.stringify(interaction),
    signatureHeader: 'x-signature-ed25519',
    prefix: '',
    timeHeader: 'x-signature-timestamp',
    sign: ({ body, nowSeconds }) => ed25519(nowSeconds + body),
    ignored: [
      '{"type":99}',
      '{"type":3,"data":{"custom_id":"x"}}',
      JSON.stringify({ ...interaction, member: { user: { id: '3', bot: true } } }),
    ],
    malformed: ['', '{', '3', '{}', '{"type":"2"}', '{"type":2}'],
  },
  {
    channel: 'telegram',
    settings: { botToken: ['1:a'], secretToken: ['s'.repeat(16)], botUsername: 'bot' },
    headers: json,
    body: JSON.stringify({ update_id: 1, message: telegramMessage }),
    signatureHeader: 'x-telegram-bot-api-secret-token',
    prefix: '',
    sign: async () => 's'.repeat(16),
    ignored: [
      '{"update_id":1,"hologram":{}}',
      JSON.stringify({ update_id: 1, message: { ...telegramMessage, from: { id: 2, is_bot: true } } }),
      JSON.stringify({ update_id: 1, message: { ...telegramMessage, text: undefined, pinned_message: {} } }),
    ],
    malformed: ['', '{', '3', '{}', '{"update_id":-1}', '{"update_id":1,"message":{"text":"x"}}'],
  },
  {
    ...meta,
    channel: 'whatsapp',
    settings: { ...meta.settings, phoneNumberId: '12345' },
    body: whatsapp({
      messages: [{ from: '1', id: 'w', timestamp: '1', type: 'text', text: { body: 'x' } }],
    }),
    ignored: [
      '{"object":"page","entry":[]}',
      whatsapp({ statuses: [{ id: 'w', status: 'read' }] }),
      whatsapp({ messages: [{ type: 'hologram' }] }),
    ],
    malformed: ['', '{', '[]', '{}', '{"object":"whatsapp_business_account"}', whatsapp({ messages: [{}] })],
  },
  {
    ...meta,
    channel: 'messenger',
    body: messenger({ ...messengerEvent, message: { mid: 'm', text: 'x' } }),
    ignored: [
      '{"object":"user","entry":[]}',
      messenger({ ...messengerEvent, game_play: {} }),
      messenger({ ...messengerEvent, message: { mid: 'm', text: 'x', is_echo: true } }),
    ],
    malformed: ['', '{', '[]', '{"object":"page"}', messenger({ message: {} })],
  },
  { ...twilio, settings: twilioSettings },
  { ...twilio, form: 'TwiML', settings: { ...twilioSettings, reply: 'twiml' } },
  {
    channel: 'teams',
    settings: { securityToken: [btoa('a token of these tests')] },
    headers: json,
    body: JSON.stringify(teamsActivity),
    signatureHeader: 'authorization',
    prefix: 'HMAC ',
    sign: ({ body }) => hmac('SHA-256', 'a token of these tests', body),
    ignored: [
      '{"type":"messageReaction"}',
      JSON.stringify({ ...teamsActivity, from: { id: '28:x', role: 'bot' } }),
    ],
    malformed: ['', '{', '3', '{}', '{"type":"message"}'],
  },
  { ...generic, settings: genericSettings },
  {
    ...generic,
    form: 'events, with an address for replies',
    settings: {
      ...genericSettings,
      ...{ eventPointer: '/event', events: ['said'], botPointer: '/bot' },
      replyUrl: 'https://system.example/replies',
    },
    body: '{"event":"said","text":"x","conversation":"c","person":"p"}',
    ignored: [
      '{"event":"left"}',
      '{"text":"x","conversation":"c","person":"p"}',
      '{"event":"said","bot":true,"text":"x","conversation":"c","person":"p"}',
    ],
    malformed: ['', '{', '{"event":"said"}'],
  },
];

export const nameOf = ({ channel, form: what }: Sample) => (what ? `${channel} (${what})` : channel);

/** A sample's headers with the signature that is right for a body. */
export async function signedHeaders(
  sample: Sample,
  { body = sample.body, url, nowSeconds }: { body?: string; url: string; nowSeconds: number },
): Promise<Record<string, string>> {
  const { headers, timeHeader, signatureHeader, prefix } = sample;
  return {
    ...headers,
    ...(timeHeader && { [timeHeader]: String(nowSeconds) }),
    [signatureHeader]: prefix + (await sample.sign({ body, url, nowSeconds })),
  };
}
