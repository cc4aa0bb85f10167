import * as z from 'zod';
import { apiAddress } from '../address.ts';
import type { Channel } from '../channel.ts';
import { hexadecimal } from '../../../hexadecimal.ts';
import { secretsLike } from '../secrets.ts';
import { isSecret } from '../signature.ts';
import { parse } from './parse.ts';
import { check, readAnswer, register, replies, typing } from './reply.ts';

const settings = z.strictObject({
  botToken: secretsLike(/^\d{1,20}:[\w-]{1,100}$/, 'must be like 123456:ABC…').describe(
    'from @BotFather: 123456:ABC…',
  ),
  secretToken: secretsLike(/^[\w-]{16,256}$/, 'must be 16 to 256 letters, digits, "_" and "-"').describe(
    'comes with every update; any that nobody guesses',
  ),
  botUsername: z
    .string()
    .regex(/^\w{3,32}$/, 'must be letters, digits and "_", without "@"')
    .describe('without "@": by it the bot is addressed in groups'),
  apiUrl: apiAddress.default('https://api.telegram.org').describe('Telegram’s API'),
});

export type TelegramSettings = z.infer<typeof settings>;

/** Telegram: private chats, and groups and their topics where the bot is addressed. */
export const telegram: Channel<TelegramSettings> = {
  name: 'telegram',
  settings,
  secrets: ['botToken', 'secretToken'],
  generate: { secretToken: hexadecimal },
  verify: ({ headers }, { secretToken: tokens }) =>
    isSecret(headers.get('x-telegram-bot-api-secret-token'), tokens),
  parse,
  replies,
  typing,
  typingSeconds: 5,
  readAnswer,
  check,
  register,
  steps: () => ['Write to the bot, or add it to a group and mention it there.'],
};
