import * as z from 'zod';
import type { Conversation } from '../conversation/encoding.ts';
import { parsePersona, splitFacts } from '../conversation/persona.ts';
import { isBlank, parseMessage } from '../conversation/text.ts';
import { joinTurns } from '../conversation/turns.ts';
import { ApiError } from '../errors.ts';
import { parseInput } from '../request-body.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { neutralMessageFields } from './neutral-fields.ts';

export const MAX_MESSAGES = 1_000;
export const MAX_PARTS = 100;

export const partSchema = z.strictObject({
  type: z.literal('text', 'must be "text": the model reads nothing else'),
  text: z.string(),
});
const contentProblem = `must be text, or a list of at most ${MAX_PARTS} {"type": "text", "text": …}`;
export const messageSchema = z.strictObject({
  role: z.enum(
    ['system', 'developer', 'user', 'assistant'],
    'must be "system", "developer", "user" or "assistant"',
  ),
  // The list's parts are parsed one by one, as the messages are.
  content: z.union([z.string(), z.array(z.unknown()).max(MAX_PARTS)], contentProblem),
  ...neutralMessageFields,
});

const SYSTEM_MESSAGES = 'What system messages say, the persona,';

/** The list alone: `readConversation` parses its messages one by one, up to the first that is wrong. */
export const messagesSchema = z
  .array(z.unknown())
  .min(1, 'must hold at least one message')
  .max(MAX_MESSAGES, `must hold at most ${MAX_MESSAGES} messages`);

interface ChatMessage {
  role: z.infer<typeof messageSchema>['role'];
  text: string;
}

/** A conversation with what the assistant has said in it, a text for each of its messages. */
export interface Transcript extends Conversation {
  replies: string[];
}

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
export function readConversation(list: unknown[], limits: MessageLimits): Transcript {
  const messages = list.map(parseChatMessage);
  if (messages.at(-1)?.role !== 'user') {
    const message = 'The last message must be of the role "user": it is what the model replies to.';
    throw new ApiError('invalid_request', { param: 'messages', message });
  }
  const facts: string[][] = [];
  const said: { role: string; content: string }[] = [];
  for (const [index, message] of messages.entries()) {
    const { role, text } = message;
    if (role === 'system' || role === 'developer') {
      facts.push(splitFacts(text));
    } else if (role === 'user' || !isBlank(text)) {
      const options = { maxChars: limits.maxChars, param: `messages.${index}.content` };
      said.push({ role, content: parseMessage(text, options) });
    }
  }
  return {
    persona: parsePersona(facts.flat(), { ...limits, param: 'messages', name: SYSTEM_MESSAGES }),
    turns: joinTurns(said),
    replies: said.filter(({ role }) => role === 'assistant').map(({ content }) => content),
  };
}

/** @throws {ApiError} invalid_value, unsupported_parameter */
function parseChatMessage(value: unknown, index: number): ChatMessage {
  const path = ['messages', index];
  const { role, content } = parseInput(messageSchema, value, { path, neutral: neutralMessageFields });
  if (typeof content === 'string') return { role, text: content };
  const parts = content.map((part, partIndex) =>
    parseInput(partSchema, part, { path: [...path, 'content', partIndex] }),
  );
  return { role, text: parts.map(({ text }) => text).join('') };
}
