import * as z from 'zod';
import type { InboundMessage, Received, ReceivedRequest } from '../channel.ts';
import { answerChallenge } from '../meta/challenge.ts';
import { ANSWERABLE_MS } from '../meta/graph-api.ts';
import { expectPayload, jsonOf } from '../payload.ts';

/** Where the answer to a message goes. */
export interface MessengerReplyTo {
  recipient: string;
  /** Instagram takes less at once. */
  app: 'page' | 'instagram';
}

const id = z.string().min(1).max(300);
const person = z.object({ id });

const payloadSchema = z.object({
  object: z.string(),
  // Without `messaging` where another app of the page has the conversation: `standby`.
  entry: z.array(z.object({ messaging: z.array(z.looseObject({})).default([]) })),
});
const spokenSchema = z.object({
  sender: person,
  recipient: person,
  timestamp: z.int(),
  message: z.object({
    mid: id,
    is_echo: z.boolean().optional(),
    is_deleted: z.boolean().optional(),
    text: z.string().optional(),
    // Pictures, voices and so on.
    attachments: z.array(z.unknown()).optional(),
  }),
});
const pressedSchema = z.object({
  sender: person,
  recipient: person,
  timestamp: z.int(),
  postback: z.object({ mid: id.optional(), title: z.string() }),
});

/** A notification, which may hold events of several people, or Meta's challenge. */
export function parse(request: ReceivedRequest): Received {
  if (request.method === 'GET') return answerChallenge(request);
  const payload = expectPayload(payloadSchema, jsonOf(request.body));
  const { object: app, entry } = payload;
  if (app !== 'page' && app !== 'instagram') return { kind: 'ignored', reason: 'unknown object' };
  const messages = entry.flatMap(({ messaging }) => messaging).flatMap((event) => readEvent(event, app));
  if (messages.length === 0) return { kind: 'ignored', reason: 'no message' };
  return { kind: 'messages', messages, response: new Response(null) };
}

/** None for what tells of own messages (echo, delivered, read) and of reactions. */
function readEvent(event: Record<string, unknown>, app: MessengerReplyTo['app']): InboundMessage[] {
  if (Object.hasOwn(event, 'message')) {
    const { message, ...rest } = expectPayload(spokenSchema, event);
    const { mid, text, attachments, is_echo, is_deleted } = message;
    if (is_echo || is_deleted || (text === undefined && attachments === undefined)) return [];
    return [inboundMessage(rest, { id: mid, text: text ?? '', app })];
  }
  if (Object.hasOwn(event, 'postback')) {
    const { postback, ...rest } = expectPayload(pressedSchema, event);
    const pressId = postback.mid ?? `${rest.sender.id}:${rest.timestamp}`;
    return [inboundMessage(rest, { id: pressId, text: postback.title, app })];
  }
  return [];
}

function inboundMessage(
  { sender, recipient, timestamp }: Pick<z.infer<typeof spokenSchema>, 'sender' | 'recipient' | 'timestamp'>,
  { id: messageId, text, app }: { id: string; text: string; app: MessengerReplyTo['app'] },
): InboundMessage {
  return {
    id: messageId,
    conversation: `${recipient.id}:${sender.id}`,
    place: recipient.id,
    person: sender.id,
    text,
    sequence: timestamp,
    sentAtMs: timestamp,
    answerableMs: ANSWERABLE_MS,
    replyTo: { recipient: sender.id, app } satisfies MessengerReplyTo,
  };
}
