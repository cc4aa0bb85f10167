import { createHmac } from 'node:crypto';
import { type AskingChannel, START, TELLS_ONCE } from './simulated-channel.ts';

const SECURITY_TOKEN = Buffer.from('the token that Teams shows').toString('base64');

/** Teams: a mention in a thread each. It waits for five seconds, and tells nobody twice. */
export function simulateTeams(): AskingChannel {
  return {
    name: 'teams',
    integration: () => ({
      channel: 'teams',
      settings: {},
      secrets: { security_token: SECURITY_TOKEN },
    }),
    tell: ({ conversation, nth, text }, { forged = false }) => {
      const body = JSON.stringify({
        ...{ type: 'message', id: String(nth), text: `<p><at>Tandem</at> ${text}</p>` },
        timestamp: new Date(START * 1_000 + nth).toISOString(),
        ...{ from: { id: '29:1' }, conversation: { id: `19:${conversation}@thread.tacv2` } },
      });
      const key = Buffer.from(forged ? 'forged' : SECURITY_TOKEN, 'base64');
      const hmac = createHmac('sha256', key).update(body).digest('base64');
      return { body, headers: { 'content-type': 'application/json', authorization: `HMAC ${hmac}` } };
    },
    ...TELLS_ONCE,
    read: async (answer) => ((await answer.json()) as { text: string }).text,
  };
}
