import * as z from 'zod';
import { hexadecimal } from '../../../hexadecimal.ts';
import { apiAddress } from '../address.ts';
import type { Channel } from '../channel.ts';
import { GRAPH_API_URL, readAnswer } from '../meta/graph-api.ts';
import { verify } from '../meta/verify.ts';
import { secrets } from '../secrets.ts';
import { parse } from './parse.ts';
import { check, replies, typing } from './reply.ts';

const settings = z.strictObject({
  phoneNumberId: z
    .string()
    .regex(/^\d{5,20}$/, 'must be the number’s id, digits only')
    .describe('"WhatsApp", "API Setup": the phone number ID'),
  accessToken: secrets.describe(
    'a system user’s permanent token with whatsapp_business_messaging and whatsapp_business_management',
  ),
  appSecret: secrets.describe('"App settings", "Basic": the app secret'),
  verifyToken: secrets.describe('chosen here, for the form where the webhook is entered'),
  apiUrl: apiAddress.default(GRAPH_API_URL).describe('the Graph API with its version'),
});

export type WhatsAppSettings = z.infer<typeof settings>;

/** WhatsApp: the Cloud API of Meta, one phone number. */
export const whatsapp: Channel<WhatsAppSettings> = {
  name: 'whatsapp',
  settings,
  secrets: ['accessToken', 'appSecret', 'verifyToken'],
  generate: { verifyToken: hexadecimal },
  verify,
  parse,
  replies,
  typing,
  typingSeconds: 25,
  readAnswer,
  check,
  steps: (url) => [
    `At developers.facebook.com/apps, "WhatsApp", "Configuration", enter the callback URL ${url} and the verify token that was made here.`,
    'There, at "Webhook fields", subscribe to messages.',
    'In the Business Manager give a system user the app and the WhatsApp account, and make the access token for it: that of "API Setup" ends after a day.',
    'WhatsApp lets a business answer within 24 hours of what a person wrote last. Templates, which open a conversation later, are not sent from here.',
  ],
};
