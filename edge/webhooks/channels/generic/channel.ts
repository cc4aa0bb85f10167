import * as z from 'zod';
import { address } from '../address.ts';
import type { Channel } from '../channel.ts';
import { BASE64, secretsLike } from '../secrets.ts';
import { JSON_POINTER } from './json-pointer.ts';
import { parse } from './parse.ts';
import { replies } from './reply.ts';
import { signCall, verify } from './signatures.ts';

const pointer = z.string().max(300).regex(JSON_POINTER, 'must be a JSON Pointer, such as "/message/text"');

/** Another system: it signs what it sends as the Standard Webhooks have it, and its JSON is what it is. */
const settings = z.strictObject({
  signingSecret: secretsLike(
    new RegExp(`^whsec_(?=.{24})${BASE64}$`),
    'must be "whsec_" and base64',
  ).describe('whsec_…, of the Standard Webhooks: signs what comes and what is sent'),
  publicKey: z
    .string()
    .regex(/^whpk_[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, 'must be "whpk_" and base64 of 32 bytes')
    .optional()
    .describe('whpk_…, of a sender that signs by v1a (Ed25519): no secret'),
  textPointer: pointer
    .default('/text')
    .describe('where in the JSON that comes the text stands, as a JSON Pointer'),
  conversationPointer: pointer.default('/conversation').describe('where the conversation’s id stands'),
  personPointer: pointer.default('/person').describe('where the id of who writes stands'),
  idPointer: pointer
    .optional()
    .describe('where the message’s id stands; the header webhook-id where it is left out'),
  botPointer: pointer
    .optional()
    .describe('where something true stands in messages of bots and of this one: they are ignored'),
  eventPointer: pointer.optional().describe('where the type of the event stands'),
  events: z
    .union([
      // As a command line has them.
      z
        .string()
        .max(10_000)
        .transform((text) => text.split(',').map((name) => name.trim())),
      z.array(z.string()),
    ])
    .pipe(z.array(z.string().min(1).max(200)).min(1).max(50))
    .optional()
    .describe('types of events that are messages, with commas between; others are ignored'),
  replyUrl: address
    .optional()
    .describe('where replies are sent, signed; in the answer to the message where it is left out'),
  replyPointer: pointer
    .default('/text')
    .describe('where in the JSON that is answered or sent the text stands'),
});

export type GenericSettings = z.infer<typeof settings>;

export const generic: Channel<GenericSettings> = {
  name: 'generic',
  settings,
  secrets: ['signingSecret'],
  generate: { signingSecret: (random) => `whsec_${btoa(String.fromCharCode(...random))}` },
  verify,
  parse,
  replies,
  sign: signCall,
  check: () => null,
  steps: (url) => [
    `Send messages as JSON to ${url}, signed as the Standard Webhooks have it (standardwebhooks.com) with the signing secret.`,
    'The reply is in the answer, which takes up to 14 seconds, or is sent to reply_url where that is set.',
  ],
};
