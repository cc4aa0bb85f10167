import { createHmac } from 'node:crypto';
import { ChannelServer, type Effect } from './channel-server.ts';
import { type AskingChannel, type SimulatedChannel, TELLS_ONCE, type Teller } from './simulated-channel.ts';

const ACCOUNT = `AC${'0'.repeat(32)}`;
const AUTH_TOKEN = 'twilio-token';
const BASIC = `Basic ${btoa(`${ACCOUNT}:${AUTH_TOKEN}`)}`;
const OWN_NUMBER = '+492';

/** Text messages, each told of once, with no time of their own. */
function simulateSms(name: string, settings: () => object): Teller {
  return {
    name,
    integration: () => ({
      channel: 'twilio',
      settings: { account_sid: ACCOUNT, ...settings() },
      secrets: { auth_token: AUTH_TOKEN },
    }),
    tell: ({ conversation, nth, text }, { url, forged = false }) => {
      const form = { Body: text, From: `+${conversation}`, MessageSid: `SM${conversation}-${nth}` };
      const fields = Object.entries({ ...form, To: OWN_NUMBER });
      const signature = createHmac('sha1', forged ? 'forged' : AUTH_TOKEN);
      signature.update(url + fields.flat().join(''));
      return {
        body: new URLSearchParams(fields).toString(),
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-twilio-signature': signature.digest('base64'),
        },
      };
    },
    ...TELLS_ONCE,
  };
}

/** Twilio with its API. What is sent twice is sent on twice. */
export function simulateTwilio(): SimulatedChannel {
  const server = new ChannelServer({
    effect: ({ path, headers, body }): Effect => {
      if (headers.authorization !== BASIC) return 'refused';
      if (path !== `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`) return 'nothing';
      return { conversation: body.To.slice(1), text: body.Body, key: null };
    },
    done: { sid: 'SM1', status: 'queued' },
    busy: () => ({ status: 429, body: { code: 20_429, message: 'Too Many Requests', status: 429 } }),
  });
  return {
    ...simulateSms('twilio', () => ({ api_url: server.url })),
    server,
    ordered: false,
    handshake: () => null,
    faults: ['busy', 'broken', 'cut before'],
  };
}

/** Twilio without it: replies in TwiML. */
export function simulateTwiml(): AskingChannel {
  return {
    ...simulateSms('twilio with TwiML', () => ({ reply: 'twiml' })),
    read: async (answer) => /<Message>(.*)<\/Message>/s.exec(await answer.text())?.[1] ?? '',
  };
}
