import * as z from 'zod';
import type { Channel } from '../channel.ts';
import { secrets } from '../secrets.ts';
import { isSecret } from '../signature.ts';
import { parse } from './parse.ts';
import { check, readAnswer, register, replies, typing } from './reply.ts';

const botToken = /^\d{1,20}:[\w-]{1,100}$/;
const secretToken = /^[\w-]{16,256}$/;

const settings = z.strictObject({
  /** From @BotFather: `123456:ABC…`. */
  botToken: secrets.refine(
    (tokens) => tokens.every((token) => botToken.test(token)),
    'must be like 123456:ABC…',
  ),
  /** Comes with every update. Any that nobody guesses. */
  secretToken: secrets.refine(
    (tokens) => tokens.every((token) => secretToken.test(token)),
    'must be 16 to 256 letters, digits, "_" and "-"',
  ),
  /** Without "@": by it the bot is addressed in groups. */
  botUsername: z.string().regex(/^\w{3,32}$/),
  apiUrl: z.url().default('https://api.telegram.org'),
});

export type TelegramSettings = z.infer<typeof settings>;

/** Telegram: private chats, and groups and their topics where the bot is addressed. */
export const telegram: Channel<TelegramSettings> = {
  name: 'telegram',
  settings,
  secrets: ['botToken', 'secretToken'],
  verify: ({ headers }, { secretToken: tokens }) =>
    isSecret(headers.get('x-telegram-bot-api-secret-token'), tokens),
  parse,
  replies,
  typing,
  readAnswer,
  check,
  register,
  steps: () => ['Write to the bot, or add it to a group and mention it there.'],
};
