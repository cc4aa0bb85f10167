import { Webhook } from 'standardwebhooks';
import { ChannelServer, type Effect } from './channel-server.ts';
import {
  type AskingChannel,
  type SimulatedChannel,
  START,
  TELLS_AGAIN,
  type Teller,
} from './simulated-channel.ts';

const SECRET = `whsec_${btoa('a secret of these tests!')}`;
const OTHER_SECRET = `whsec_${btoa('a secret that is forged!')}`;

/** A system that signs by the standard's own library, and sends again with the same id what it has no answer to. */
function simulateSystem(name: string, settings: () => object): Teller {
  return {
    name,
    integration: () => ({ channel: 'generic', settings: settings(), secrets: { signing_secret: SECRET } }),
    tell: ({ conversation, nth, text }, { forged = false }) => {
      const body = JSON.stringify({ text, conversation, person: 'ada' });
      const id = `msg_${conversation}_${nth}`;
      const at = new Date((START + nth) * 1_000);
      return {
        body,
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(START + nth),
          'webhook-signature': new Webhook(forged ? OTHER_SECRET : SECRET).sign(id, at, body),
        },
      };
    },
    ...TELLS_AGAIN,
  };
}

/** One with an address for replies, which knows them by their ids and asks for patience by a date. */
export function simulateGeneric(): SimulatedChannel {
  const server = new ChannelServer({
    effect: ({ headers, raw, body }): Effect => {
      try {
        new Webhook(SECRET).verify(raw, headers as Record<string, string>);
      } catch {
        return 'refused';
      }
      return { conversation: body.conversation, text: body.text, key: String(headers['webhook-id']) };
    },
    done: {},
    busy: () => ({
      status: 429,
      headers: { 'retry-after': new Date(Date.now() + 1_000).toUTCString() },
      body: {},
    }),
  });
  return {
    ...simulateSystem('generic', () => ({ reply_url: `${server.url}/replies` })),
    server,
    ordered: true,
    handshake: () => null,
    faults: ['busy', 'broken', 'cut before', 'cut after'],
  };
}

/** One that takes the reply in the answer. */
export function simulateAskingSystem(): AskingChannel {
  return {
    ...simulateSystem('generic without an address for replies', () => ({})),
    read: async (answer) => (answer.ok ? ((await answer.json()) as { text: string }).text : null),
  };
}
