import * as z from 'zod';
import type { Conversation } from '../conversation/encoding.ts';
import { parsePersona } from '../conversation/persona.ts';
import { parseMessage } from '../conversation/text.ts';
import { ApiError } from '../errors.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

const contentSchema = z.union(
  [z.string(), z.array(z.object({ type: z.literal('text'), text: z.string() }))],
  'must be text, or a list of {"type": "text", "text": …}',
);

// Not strict: SDKs send an assistant's message back as they got it, with `refusal`, `annotations` and the
// like.
const messageSchema = z.looseObject({
  role: z.enum(
    ['system', 'developer', 'user', 'assistant'],
    'must be "system", "developer", "user" or "assistant"',
  ),
  content: contentSchema,
});

export const messagesSchema = z.array(messageSchema).min(1, 'must hold at least one message');

type ChatMessage = z.infer<typeof messageSchema>;

export interface MessageLimits {
  maxChars: number;
  maxPositions: number;
  tokenizer: Tokenizer;
}

/**
 * OpenAI's messages as a conversation. What the system or the developer says is the persona. The model tells
 * who speaks by the order alone, so messages of one speaker that follow each other become one turn, with a
 * line feed between.
 * @throws {ApiError} where the last message is not the user's, or one is empty or too long
 */
export function readConversation(messages: ChatMessage[], limits: MessageLimits): Conversation {
  if (messages.at(-1)?.role !== 'user') {
    const message = 'The last message must be of the role "user": it is what the model replies to.';
    throw new ApiError('invalid_request', { param: 'messages', message });
  }
  const persona: string[] = [];
  const turns: { role: string; text: string }[] = [];
  for (const [index, { role, content }] of messages.entries()) {
    if (role === 'system' || role === 'developer') {
      persona.push(contentText(content));
      continue;
    }
    const text = parseMessage(contentText(content), {
      maxChars: limits.maxChars,
      param: `messages.${index}.content`,
    });
    const previous = turns.at(-1);
    if (previous?.role === role) previous.text += `\n${text}`;
    else turns.push({ role, text });
  }
  return {
    persona: parsePersona(persona.join('\n'), { ...limits, param: 'messages' }),
    turns: turns.map((turn) => turn.text),
  };
}

function contentText(content: ChatMessage['content']): string {
  return typeof content === 'string' ? content : content.map((part) => part.text).join('');
}
