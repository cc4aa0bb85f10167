import * as z from 'zod';
import { apiAddress } from '../address.ts';
import type { Channel } from '../channel.ts';
import { secrets } from '../secrets.ts';
import { parse } from './parse.ts';
import { check, replies } from './reply.ts';
import { verify } from './verify.ts';

const settings = z.strictObject({
  accountSid: z
    .string()
    .regex(/^AC[0-9a-f]{32}$/i, 'must be "AC" and 32 hexadecimal digits')
    .describe('the account’s SID, AC…'),
  authToken: secrets.describe('the account’s auth token: signatures are made with it'),
  reply: z
    .enum(['rest', 'twiml'])
    .default('rest')
    .describe(
      'rest: by the API, whenever the reply is there; twiml: in the answer to the webhook, which waits 12 seconds',
    ),
  webhookUrl: z
    .url()
    .optional()
    .describe('the address as it is entered at Twilio, where a proxy before the edge changes it'),
  apiUrl: apiAddress.default('https://api.twilio.com').describe('Twilio’s API'),
});

export type TwilioSettings = z.infer<typeof settings>;

/** Twilio: text messages to a number or a messaging service. */
export const twilio: Channel<TwilioSettings> = {
  name: 'twilio',
  settings,
  secrets: ['authToken'],
  verify,
  parse,
  replies,
  check,
  steps: (url) => [
    `At console.twilio.com, "Phone Numbers", "Active numbers", your number, "Messaging", choose for "A message comes in": Webhook, ${url}, HTTP POST. A messaging service has the same at "Integration".`,
    'Twilio itself answers STOP, START and HELP; those are not answered from here.',
  ],
};
