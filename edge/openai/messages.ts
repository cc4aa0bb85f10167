import * as z from 'zod';
import type { Conversation } from '../conversation/encoding.ts';
import { parsePersona, splitFacts } from '../conversation/persona.ts';
import { isBlank, parseMessage } from '../conversation/text.ts';
import { joinTurns } from '../conversation/turns.ts';
import { ApiError } from '../errors.ts';
import { parseInput } from '../request-body.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { NEUTRAL_MESSAGE_FIELDS, NEUTRAL_PART_FIELDS, refuseUnsupported } from './neutral-parameters.ts';

const MAX_MESSAGES = 1_000;
const MAX_PARTS = 100;

// Loose objects: `parseChatMessage` looks at what else they hold.
const partSchema = z.looseObject({ type: z.literal('text'), text: z.string() });
const contentSchema = z.union(
  [z.string(), z.array(partSchema).max(MAX_PARTS)],
  `must be text, or a list of at most ${MAX_PARTS} {"type": "text", "text": …}`,
);
const messageSchema = z.looseObject({
  role: z.enum(
    ['system', 'developer', 'user', 'assistant'],
    'must be "system", "developer", "user" or "assistant"',
  ),
  content: contentSchema,
});

/** The list alone: `readConversation` parses its messages one by one, up to the first that is wrong. */
export const messagesSchema = z
  .array(z.unknown())
  .min(1, 'must hold at least one message')
  .max(MAX_MESSAGES, `must hold at most ${MAX_MESSAGES} messages`);

type ChatMessage = z.infer<typeof messageSchema>;

interface MessageLimits {
  maxChars: number;
  maxPositions: number;
  tokenizer: Tokenizer;
}

/**
 * OpenAI's messages as a conversation. What the system or the developer says is the persona. An assistant's
 * message may be empty, as a reply may.
 * @throws {ApiError} where the last message is not the user's, one is empty or too long, or asks for what is
 *   not supported
 */
export function readConversation(list: unknown[], limits: MessageLimits): Conversation {
  const messages = list.map(parseChatMessage);
  if (messages.at(-1)?.role !== 'user') {
    const message = 'The last message must be of the role "user": it is what the model replies to.';
    throw new ApiError('invalid_request', { param: 'messages', message });
  }
  const facts: string[][] = [];
  const said: { role: string; content: string }[] = [];
  for (const [index, message] of messages.entries()) {
    const { role } = message;
    const text = contentText(message.content);
    if (role === 'system' || role === 'developer') {
      facts.push(splitFacts(text));
    } else if (role === 'user' || !isBlank(text)) {
      const options = { maxChars: limits.maxChars, param: `messages.${index}.content` };
      said.push({ role, content: parseMessage(text, options) });
    }
  }
  return { persona: parsePersona(facts.flat(), { ...limits, param: 'messages' }), turns: joinTurns(said) };
}

/** @throws {ApiError} invalid_value, unsupported_parameter */
function parseChatMessage(value: unknown, index: number): ChatMessage {
  const message = parseInput(messageSchema, value, ['messages', index]);
  const path = `messages.${index}.`;
  refuseUnsupported(message, { supported: messageSchema.shape, neutral: NEUTRAL_MESSAGE_FIELDS, path });
  const parts = typeof message.content === 'string' ? [] : message.content;
  for (const [partIndex, part] of parts.entries()) {
    refuseUnsupported(part, {
      supported: partSchema.shape,
      neutral: NEUTRAL_PART_FIELDS,
      path: `${path}content.${partIndex}.`,
    });
  }
  return message;
}

function contentText(content: ChatMessage['content']): string {
  return typeof content === 'string' ? content : content.map((part) => part.text).join('');
}
