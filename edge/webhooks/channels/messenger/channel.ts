import * as z from 'zod';
import { hexadecimal } from '../../../hexadecimal.ts';
import { apiAddress } from '../address.ts';
import type { Channel } from '../channel.ts';
import { GRAPH_API_URL, readAnswer } from '../meta/graph-api.ts';
import { verify } from '../meta/verify.ts';
import { secrets } from '../secrets.ts';
import { parse } from './parse.ts';
import { check, register, replies, typing } from './reply.ts';

const settings = z.strictObject({
  accessToken: secrets.describe('the page’s token with pages_messaging and pages_manage_metadata'),
  appSecret: secrets.describe('"App settings", "Basic": the app secret'),
  verifyToken: secrets.describe('chosen here, for the form where the webhook is entered'),
  apiUrl: apiAddress.default(GRAPH_API_URL).describe('the Graph API with its version'),
});

export type MessengerSettings = z.infer<typeof settings>;

/** Messenger: what people write to a page, and, where the app has Instagram too, to its account there. */
export const messenger: Channel<MessengerSettings> = {
  name: 'messenger',
  settings,
  secrets: ['accessToken', 'appSecret', 'verifyToken'],
  generate: { verifyToken: hexadecimal },
  verify,
  parse,
  replies,
  typing,
  typingSeconds: 20,
  readAnswer,
  check,
  register,
  steps: (url) => [
    `At developers.facebook.com/apps, "Messenger", "Settings", enter the callback URL ${url} and the verify token that was made here.`,
    'Subscribe the page to messages and messaging_postbacks: "tandem integrations test ID --register" does it too.',
    'Messenger lets a page answer within 24 hours of what a person wrote last.',
  ],
};
