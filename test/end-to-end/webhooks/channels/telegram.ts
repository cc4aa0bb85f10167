import { ChannelServer, type Effect } from './channel-server.ts';
import { now, type SimulatedChannel, TELLS_AGAIN } from './simulated-channel.ts';

const SECRET_TOKEN = 'the-secret-of-the-hook';

/** Telegram: a private message each. What is sent twice is shown twice. */
export function simulateTelegram(): SimulatedChannel {
  const server = new ChannelServer({
    effect: ({ path, body }): Effect => {
      if (!path.startsWith('/bot42:token/')) return 'refused';
      if (!path.endsWith('/sendMessage')) return 'nothing';
      return { conversation: String(body.chat_id), text: body.text, key: null };
    },
    done: { ok: true, result: {} },
    busy: () => ({ status: 429, body: { ok: false, error_code: 429, parameters: { retry_after: 1 } } }),
  });
  return {
    name: 'telegram',
    server,
    integration: () => ({
      channel: 'telegram',
      settings: { bot_username: 'TandemBot', api_url: server.url },
      secrets: { bot_token: '42:token', secret_token: SECRET_TOKEN },
    }),
    tell: ({ conversation, nth, text }, { forged = false }) => {
      const id = Number(conversation);
      const chat = { id, type: 'private' };
      const message = { message_id: nth, date: now(), from: { id, is_bot: false }, chat, text };
      return {
        body: JSON.stringify({ update_id: id * 1_000 + nth, message }),
        headers: {
          'content-type': 'application/json',
          'x-telegram-bot-api-secret-token': forged ? 'the-secret-of-the-hoof' : SECRET_TOKEN,
        },
      };
    },
    ...TELLS_AGAIN,
    ordered: true,
    handshake: () => null,
    faults: ['busy', 'broken', 'cut before'],
  };
}
