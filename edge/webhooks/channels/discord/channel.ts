import * as z from 'zod';
import { apiAddress } from '../address.ts';
import type { Channel } from '../channel.ts';
import { secrets } from '../secrets.ts';
import { parse } from './parse.ts';
import { check, readAnswer, register, replies } from './reply.ts';
import { verify } from './verify.ts';

const settings = z.strictObject({
  applicationId: z
    .string()
    .regex(/^\d{15,21}$/, 'must be the application’s id, digits only')
    .describe('"General Information", "Application ID"'),
  publicKey: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'must be 64 hexadecimal digits')
    .describe('"General Information", "Public Key": no secret'),
  botToken: secrets.describe('"Bot", "Token": registers the command'),
  command: z
    .string()
    .regex(/^[a-z0-9_-]{1,32}$/, 'must be 1 to 32 of a to z, digits, "_" and "-"')
    .default('tandem')
    .describe('the slash command’s name'),
  apiUrl: apiAddress.default('https://discord.com/api/v10').describe('Discord’s API with its version'),
});

export type DiscordSettings = z.infer<typeof settings>;

/** Discord: a slash command, by interactions. While the reply is awaited Discord itself says that the bot is thinking. */
export const discord: Channel<DiscordSettings> = {
  name: 'discord',
  settings,
  secrets: ['botToken'],
  verify,
  parse,
  replies,
  readAnswer,
  check,
  register,
  steps: (url) => [
    `At discord.com/developers/applications, "General Information", enter ${url} as the interactions endpoint URL; Discord tries it at once.`,
    'At "Installation", give guild installs the scope applications.commands, and add the app to your server by the link there.',
  ],
};
