import * as z from 'zod';
import { apiAddress } from '../address.ts';
import type { Channel } from '../channel.ts';
import { secrets } from '../secrets.ts';
import { parse } from './parse.ts';
import { check, readAnswer, replies, typing } from './reply.ts';
import { verify } from './verify.ts';

const settings = z.strictObject({
  signingSecret: secrets.describe('"Basic Information", "Signing Secret"'),
  botToken: secrets.describe('"OAuth & Permissions", "Bot User OAuth Token": xoxb-…'),
  apiUrl: apiAddress.default('https://slack.com/api').describe('Slack’s Web API'),
});

export type SlackSettings = z.infer<typeof settings>;

/** Slack: mentions, direct messages and threads by the Events API, and a slash command. */
export const slack: Channel<SlackSettings> = {
  name: 'slack',
  settings,
  secrets: ['signingSecret', 'botToken'],
  verify,
  parse,
  replies,
  typing,
  readAnswer,
  check,
  steps: (url) => [
    'At api.slack.com/apps, "OAuth & Permissions", give the bot the scopes app_mentions:read, chat:write, commands and im:history, and install the app.',
    `At "Event Subscriptions", enter ${url} and subscribe to the bot events app_mention and message.im.`,
    'To go on in threads without a mention, add the scope channels:history and the bot event message.channels.',
    `At "Slash Commands", make a command, such as /tandem, with the request URL ${url}.`,
    'At "App Home", switch on "Messages Tab" and let people send messages from it.',
  ],
};
