import { createHmac } from 'node:crypto';
import { type ApiCall, ChannelServer, type Effect } from './channel-server.ts';
import { type SimulatedChannel, START, TELLS_AGAIN, type ToldRequest } from './simulated-channel.ts';

const APP_SECRET = 'app-secret';
const SECRETS = { access_token: 'EAA', app_secret: APP_SECRET, verify_token: 'chosen-here' };
const PHONE_NUMBER = '12345';
const PAGE = '1234';

/** WhatsApp: a text each. What is sent twice is shown twice, and what is busy is told by a code. */
export function simulateWhatsApp(): SimulatedChannel {
  return simulateMeta('whatsapp', {
    settings: { phone_number_id: PHONE_NUMBER },
    busyCode: 130_429,
    shown: ({ path, body }) =>
      path === `/v23.0/${PHONE_NUMBER}/messages` && body.type === 'text'
        ? { conversation: body.to, text: body.text.body, key: null }
        : 'nothing',
    notification: ({ conversation, nth, text }) => {
      const message = {
        ...{ from: conversation, id: `wamid.${conversation}.${nth}`, timestamp: String(START + nth) },
        ...{ type: 'text', text: { body: text } },
      };
      const value = { metadata: { phone_number_id: PHONE_NUMBER }, messages: [message] };
      return {
        object: 'whatsapp_business_account',
        entry: [{ id: '1', changes: [{ field: 'messages', value }] }],
      };
    },
  });
}

/** Messenger: a text to a page each. */
export function simulateMessenger(): SimulatedChannel {
  return simulateMeta('messenger', {
    settings: {},
    busyCode: 80_006,
    shown: ({ path, body }) =>
      path === '/v23.0/me/messages' && body.message !== undefined
        ? { conversation: body.recipient.id, text: body.message.text, key: null }
        : 'nothing',
    notification: ({ conversation, nth, text }) => {
      const timestamp = START * 1_000 + nth;
      const event = {
        ...{ sender: { id: conversation }, recipient: { id: PAGE }, timestamp },
        message: { mid: `m_${conversation}_${nth}`, text },
      };
      return { object: 'page', entry: [{ id: PAGE, time: timestamp, messaging: [event] }] };
    },
  });
}

function simulateMeta(
  name: string,
  product: {
    settings: object;
    busyCode: number;
    shown: (call: ApiCall) => Effect;
    notification: (said: Parameters<SimulatedChannel['tell']>[0]) => object;
  },
): SimulatedChannel {
  const server = new ChannelServer({
    effect: (call): Effect =>
      call.headers.authorization === `Bearer ${SECRETS.access_token}` ? product.shown(call) : 'refused',
    done: { success: true },
    busy: () => ({ status: 400, body: { error: { message: 'too many', code: product.busyCode } } }),
  });
  return {
    name,
    server,
    integration: () => ({
      channel: name,
      settings: { ...product.settings, api_url: `${server.url}/v23.0` },
      secrets: SECRETS,
    }),
    tell: (said, { forged = false }) => signed(product.notification(said), forged),
    ...TELLS_AGAIN,
    ordered: true,
    handshake: () => ({
      query: `?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${SECRETS.verify_token}`,
      answer: '1158201444',
    }),
    faults: ['busy', 'broken', 'cut before'],
  };
}

function signed(payload: object, forged: boolean): ToldRequest {
  const body = JSON.stringify(payload);
  const signature = createHmac('sha256', forged ? 'forged' : APP_SECRET)
    .update(body)
    .digest('hex');
  return {
    body,
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
  };
}
