import * as z from 'zod';
import { readCommand } from '../../inbound/command.ts';
import type { Received, ReceivedRequest } from '../channel.ts';
import { expectPayload, jsonOf } from '../payload.ts';
import type { TelegramSettings } from './channel.ts';

/** Where the answer goes: a chat, a topic in it, and in groups the message that is answered. */
export interface TelegramReplyTo {
  chat: number;
  topic: number | null;
  message: number | null;
}

const user = z.object({ id: z.int(), is_bot: z.boolean() });
const messageSchema = z.looseObject({
  message_id: z.int(),
  date: z.int().min(0).max(1e12),
  message_thread_id: z.int().optional(),
  is_topic_message: z.boolean().optional(),
  from: user.optional(),
  via_bot: user.optional(),
  chat: z.object({ id: z.int(), type: z.string() }),
  text: z.string().optional(),
  caption: z.string().optional(),
  reply_to_message: z.looseObject({ from: user.optional() }).optional(),
});
type TelegramMessage = z.infer<typeof messageSchema>;

const updateSchema = z.looseObject({ update_id: z.int().min(0), message: messageSchema.optional() });

/** What people send instead of words. Other messages without any tell of who has joined, and so on. */
const WORDLESS = [
  'photo',
  'sticker',
  'voice',
  'video',
  'video_note',
  'audio',
  'animation',
  'document',
  'location',
];

export function parse({ body }: ReceivedRequest, settings: TelegramSettings): Received {
  const { update_id: id, message } = expectPayload(updateSchema, jsonOf(body));
  // Edits, reactions, posts of channels and so on.
  if (message === undefined) return { kind: 'ignored', reason: 'unknown type' };
  const { from, chat, message_id, date } = message;
  if (from === undefined || from.is_bot || message.via_bot) return { kind: 'ignored', reason: 'bot' };
  const said = message.text ?? message.caption;
  if (said === undefined && !WORDLESS.some((kind) => kind in message))
    return { kind: 'ignored', reason: 'not spoken' };
  const isPrivate = chat.type === 'private';
  const text = withoutName(said ?? '', settings);
  if (!isPrivate && !isAddressed(message, text, settings))
    return { kind: 'ignored', reason: 'not addressed' };
  const topic = message.is_topic_message ? (message.message_thread_id ?? null) : null;
  return {
    kind: 'messages',
    response: new Response(null),
    messages: [
      {
        id: String(id),
        conversation: topic === null ? String(chat.id) : `${chat.id}:${topic}`,
        place: String(chat.id),
        person: String(from.id),
        text,
        sequence: message_id,
        sentAtMs: date * 1_000,
        replyTo: { chat: chat.id, topic, message: isPrivate ? null : message_id } satisfies TelegramReplyTo,
      },
    ],
  };
}

/** Whether a group's message is for the bot: it names it, answers it, or is one of its commands. */
function isAddressed(message: TelegramMessage, text: string, settings: TelegramSettings): boolean {
  const said = message.text ?? message.caption ?? '';
  const answered = message.reply_to_message?.from?.id;
  const botId = Number(settings.botToken[0].split(':')[0]);
  const isToOther = /^\/\w+@/.test(text);
  return (
    said.search(nameOf(settings)) !== -1 || answered === botId || (readCommand(text) !== null && !isToOther)
  );
}

/** `/reset@OurBot` is `/reset`, and `@OurBot hello` is `hello`. */
function withoutName(text: string, settings: TelegramSettings): string {
  return text.replace(nameOf(settings), ' ').replace(/ {2,}/g, ' ').trim();
}

function nameOf({ botUsername }: TelegramSettings): RegExp {
  return new RegExp(`@${botUsername}(?!\\w)`, 'gi');
}
