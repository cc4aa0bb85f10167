import { generateKeyPairSync, sign } from 'node:crypto';
import { ChannelServer, type Effect } from './channel-server.ts';
import { now, type SimulatedChannel, START, TELLS_ONCE, type ToldRequest } from './simulated-channel.ts';

const APPLICATION_ID = '123456789012345678';

/** Discord: a command each, told of once. The first answer is edited, whose repetition changes nothing. */
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
    busy: () => ({
      status: 429,
      headers: { 'retry-after': '1' },
      body: { message: 'You are being rate limited.', retry_after: 0.6, global: false },
    }),
  });
  const signed = (payload: object, forged: boolean): ToldRequest => {
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
        application_id: APPLICATION_ID,
        public_key: keys.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex'),
        api_url: `${server.url}/api`,
      },
      secrets: { bot_token: 'bot-token' },
    }),
    tell: ({ conversation, nth, text }, { forged = false }) => {
      const interaction = {
        // A snowflake: milliseconds since 2015, and a place among them.
        id: String((BigInt(START * 1_000 + nth - 1_420_070_400_000) << 22n) | BigInt(Number(conversation))),
        ...{ application_id: APPLICATION_ID, type: 2, channel_id: conversation },
        ...{ token: `${conversation}-${nth}`, member: { user: { id: '7' } } },
        data: { name: 'tandem', options: [{ name: 'message', type: 3, value: text }] },
      };
      return signed(interaction, forged);
    },
    ...TELLS_ONCE,
    ordered: true,
    handshake: () => ({ ...signed({ type: 1 }, false), answer: '{"type":1}' }),
    faults: ['busy', 'broken', 'cut before', 'cut after'],
  };
}
