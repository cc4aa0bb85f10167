import * as z from 'zod';
import type { InboundMessage, Received, ReceivedRequest } from '../channel.ts';
import { answerChallenge } from '../meta/challenge.ts';
import { ANSWERABLE_MS } from '../meta/graph-api.ts';
import { expectPayload, jsonOf } from '../payload.ts';
import type { WhatsAppSettings } from './channel.ts';

/** Where the answer to a message goes. */
export interface WhatsAppReplyTo {
  to: string;
  messageId: string;
}

const id = z.string().min(1).max(200);

const payloadSchema = z.object({
  object: z.string(),
  entry: z.array(
    z.object({ changes: z.array(z.object({ field: z.string(), value: z.looseObject({}) })).default([]) }),
  ),
});
const valueSchema = z.object({
  metadata: z.object({ phone_number_id: id }),
  // Absent where the change tells how own messages fare: sent, delivered, read.
  messages: z.array(z.looseObject({ type: z.string() })).default([]),
});
const media = z.object({ caption: z.string().optional() }).optional();
const messageSchema = z.object({
  from: id,
  id,
  timestamp: z.string().regex(/^\d{1,12}$/),
  text: z.object({ body: z.string() }).optional(),
  button: z.object({ text: z.string() }).optional(),
  interactive: z
    .object({
      button_reply: z.object({ title: z.string() }).optional(),
      list_reply: z.object({ title: z.string() }).optional(),
    })
    .optional(),
  image: media,
  video: media,
  document: media,
});

/** What people write or press. */
const SPOKEN_TYPES = ['text', 'button', 'interactive', 'image', 'video', 'document'];
/** What they send instead of words. Reactions, changes and what is of another kind are not answered. */
const WORDLESS_TYPES = ['audio', 'sticker', 'location', 'contacts'];
const ANSWERED_TYPES = [...SPOKEN_TYPES, ...WORDLESS_TYPES];

/** A notification, which may hold messages of several people, or Meta's challenge. */
export function parse(request: ReceivedRequest, { phoneNumberId }: WhatsAppSettings): Received {
  if (request.method === 'GET') return answerChallenge(request);
  const payload = expectPayload(payloadSchema, jsonOf(request.body));
  if (payload.object !== 'whatsapp_business_account') return { kind: 'ignored', reason: 'unknown object' };
  const messages = payload.entry
    .flatMap(({ changes }) => changes)
    .filter(({ field }) => field === 'messages')
    .map(({ value }) => expectPayload(valueSchema, value))
    // An account's numbers have one webhook in common.
    .filter(({ metadata }) => metadata.phone_number_id === phoneNumberId)
    .flatMap((value) => value.messages)
    .filter(({ type }) => ANSWERED_TYPES.includes(type))
    .map((message) => readMessage(expectPayload(messageSchema, message), phoneNumberId));
  if (messages.length === 0) return { kind: 'ignored', reason: 'no message' };
  return { kind: 'messages', messages, response: new Response(null) };
}

function readMessage(message: z.infer<typeof messageSchema>, phoneNumberId: string): InboundMessage {
  const { from, id: messageId, timestamp, text, button, interactive, image, video, document } = message;
  const pressed = button?.text ?? interactive?.button_reply?.title ?? interactive?.list_reply?.title;
  const caption = image?.caption ?? video?.caption ?? document?.caption;
  return {
    id: messageId,
    conversation: `${phoneNumberId}:${from}`,
    place: from,
    person: from,
    text: text?.body ?? pressed ?? caption ?? '',
    sequence: Number(timestamp),
    sentAtMs: Number(timestamp) * 1_000,
    answerableMs: ANSWERABLE_MS,
    replyTo: { to: from, messageId } satisfies WhatsAppReplyTo,
  };
}
