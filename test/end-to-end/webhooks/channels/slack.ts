import { createHmac } from 'node:crypto';
import { ChannelServer, type Effect } from './channel-server.ts';
import { now, type SimulatedChannel, START, TELLS_AGAIN, type ToldRequest } from './simulated-channel.ts';

const SIGNING_SECRET = 'slack-signing-secret';
const BOT_TOKEN = 'xoxb-token';

interface SlackChannel extends SimulatedChannel {
  handshake(): ToldRequest & { answer: string };
}

/** Slack: a direct message each. A repeated `client_msg_id` is not posted again. */
export function simulateSlack(): SlackChannel {
  const server = new ChannelServer({
    effect: ({ path, headers, body }): Effect => {
      if (headers.authorization !== `Bearer ${BOT_TOKEN}`) return 'refused';
      if (path !== '/api/chat.postMessage') return 'nothing';
      return { conversation: body.channel, text: body.text, key: body.client_msg_id };
    },
    done: { ok: true },
    busy: () => ({
      status: 429,
      headers: { 'retry-after': '1' },
      body: { ok: false, error: 'ratelimited' },
    }),
  });
  return {
    name: 'slack',
    server,
    integration: () => ({
      channel: 'slack',
      settings: { api_url: `${server.url}/api` },
      secrets: { signing_secret: SIGNING_SECRET, bot_token: BOT_TOKEN },
    }),
    tell: ({ conversation: channel, nth, text }, { forged = false }) => {
      const ts = `${START}.${String(nth).padStart(6, '0')}`;
      const event = { type: 'message', channel_type: 'im', channel, user: 'U1', text, ts };
      return signed({ type: 'event_callback', team_id: 'T1', event_id: `Ev${nth}`, event }, forged);
    },
    ...TELLS_AGAIN,
    ordered: true,
    handshake: () => ({
      ...signed({ type: 'url_verification', challenge: 'abc' }, false),
      answer: '{"challenge":"abc"}',
    }),
    faults: ['busy', 'broken', 'cut before', 'cut after'],
  };
}

function signed(payload: object, forged: boolean): ToldRequest {
  const body = JSON.stringify(payload);
  const time = now();
  const hmac = createHmac('sha256', forged ? 'forged' : SIGNING_SECRET).update(`v0:${time}:${body}`);
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-slack-request-timestamp': String(time),
      'x-slack-signature': `v0=${hmac.digest('hex')}`,
    },
  };
}
