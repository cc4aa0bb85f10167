import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { ChannelServer, type Effect, type Fault } from './channel-server.ts';

/** A message as a channel tells of it: the nth of a conversation. */
export interface Said {
  conversation: string;
  nth: number;
  text: string;
}

/** A channel as Tandem meets it: how it tells of a message, and how it behaves when it is answered. */
export interface SimulatedChannel {
  name: 'slack' | 'discord' | 'telegram';
  server: ChannelServer;
  /** For the admin API, once the server has started. */
  integration(): { channel: string; settings: object; secrets: Record<string, string> };
  /** The request that tells of a message, or one whose signature is wrong. */
  tell(said: Said, options?: { forged: boolean }): { headers: Record<string, string>; body: string };
  /** Asks whether somebody is there. */
  handshake(): { headers: Record<string, string>; body: string; answer: object } | null;
  /** Faults after which a reply is shown once all the same. */
  faults: Fault[];
}

const now = () => Math.floor(Date.now() / 1_000);
/** Where conversations begin: none has the messages of a run before. */
const START = now();

const SLACK_SECRET = 'slack-signing-secret';

function slackSigned(payload: object, forged: boolean) {
  const body = JSON.stringify(payload);
  const time = now();
  const hmac = createHmac('sha256', forged ? 'forged' : SLACK_SECRET).update(`v0:${time}:${body}`);
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-slack-request-timestamp': String(time),
      'x-slack-signature': `v0=${hmac.digest('hex')}`,
    },
  };
}

/** Slack: a direct message each. A repeated `client_msg_id` is not posted again. */
export function simulateSlack(): SimulatedChannel {
  const server = new ChannelServer({
    effect: ({ path, body }): Effect =>
      path === '/api/chat.postMessage'
        ? { conversation: body.channel, text: body.text, key: body.client_msg_id }
        : 'nothing',
    done: { ok: true },
    busy: { ok: false, error: 'ratelimited' },
  });
  return {
    name: 'slack',
    server,
    integration: () => ({
      channel: 'slack',
      settings: { api_url: `${server.url}/api` },
      secrets: { signing_secret: SLACK_SECRET, bot_token: 'xoxb-token' },
    }),
    tell: ({ conversation: channel, nth, text }, { forged } = { forged: false }) => {
      const ts = `${START}.${String(nth).padStart(6, '0')}`;
      const event = { type: 'message', channel_type: 'im', channel, user: 'U1', text, ts };
      return slackSigned({ type: 'event_callback', team_id: 'T1', event_id: `Ev${nth}`, event }, forged);
    },
    handshake: () => ({
      ...slackSigned({ type: 'url_verification', challenge: 'abc' }, false),
      answer: { challenge: 'abc' },
    }),
    faults: ['busy', 'broken', 'cut before', 'cut after'],
  };
}

/** Discord: a command each. The first answer is edited, whose repetition changes nothing. */
export function simulateDiscord(): SimulatedChannel {
  const keys = generateKeyPairSync('ed25519');
  const others = generateKeyPairSync('ed25519');
  const server = new ChannelServer({
    effect: ({ method, path, body }): Effect => {
      const [, conversation, key] =
        /^\/api\/webhooks\/\d+\/(\w+)-(\d+)\/messages\/@original$/.exec(path) ?? [];
      if (method !== 'PATCH' || conversation === undefined) return 'nothing';
      return { conversation, text: body.content, key: `${conversation}-${key}` };
    },
    done: { id: '1' },
    busy: { message: 'You are being rate limited.', retry_after: 0.6, global: false },
  });
  const signed = (payload: object, forged: boolean) => {
    const body = JSON.stringify(payload);
    const time = String(now());
    const key = (forged ? others : keys).privateKey;
    const signature = sign(null, Buffer.from(time + body), key).toString('hex');
    return {
      body,
      headers: {
        'content-type': 'application/json',
        'x-signature-timestamp': time,
        'x-signature-ed25519': signature,
      },
    };
  };
  return {
    name: 'discord',
    server,
    integration: () => ({
      channel: 'discord',
      settings: {
        application_id: '123456789012345678',
        public_key: keys.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex'),
        api_url: `${server.url}/api`,
      },
      secrets: { bot_token: 'bot-token' },
    }),
    tell: ({ conversation, nth, text }, { forged } = { forged: false }) => {
      const channel = [...conversation].map((letter) => letter.charCodeAt(0)).join('');
      const payload = {
        // A snowflake: milliseconds since 2015, and a place among them.
        id: String(
          (BigInt(START * 1_000 + nth - 1_420_070_400_000) << 22n) | BigInt(Number(channel) % 4_096),
        ),
        ...{
          application_id: '123456789012345678',
          type: 2,
          channel_id: channel,
          token: `${conversation}-${nth}`,
        },
        member: { user: { id: '7' } },
        data: { name: 'tandem', options: [{ name: 'message', type: 3, value: text }] },
      };
      return signed(payload, forged);
    },
    handshake: () => ({ ...signed({ type: 1 }, false), answer: { type: 1 } }),
    faults: ['busy', 'broken', 'cut before', 'cut after'],
  };
}

/** Telegram: a private message each. What is sent twice is shown twice. */
export function simulateTelegram(): SimulatedChannel {
  const server = new ChannelServer({
    effect: ({ path, body }): Effect =>
      path === '/bot42:token/sendMessage'
        ? { conversation: String(body.chat_id), text: body.text, key: null }
        : 'nothing',
    done: { ok: true, result: {} },
    busy: { ok: false, error_code: 429, parameters: { retry_after: 1 } },
  });
  const secret = 'the-secret-of-the-hook';
  return {
    name: 'telegram',
    server,
    integration: () => ({
      channel: 'telegram',
      settings: { bot_username: 'TandemBot', api_url: server.url },
      secrets: { bot_token: '42:token', secret_token: secret },
    }),
    tell: ({ conversation, nth, text }, { forged } = { forged: false }) => {
      const id = Number(conversation);
      const chat = { id, type: 'private' };
      const message = { message_id: nth, date: now(), from: { id, is_bot: false }, chat, text };
      return {
        body: JSON.stringify({ update_id: id * 1_000 + nth, message }),
        headers: {
          'content-type': 'application/json',
          'x-telegram-bot-api-secret-token': forged ? 'the-secret-of-the-hoof' : secret,
        },
      };
    },
    handshake: () => null,
    faults: ['busy', 'broken', 'cut before'],
  };
}
