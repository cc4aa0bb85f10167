import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/**
 * A conversation, oldest turn first. People and the bot take turns; who speaks is told by the order alone.
 */
export interface Conversation {
  /** Facts about the bot, a line each, without "your persona:". */
  persona: string[];
  turns: string[];
}

/** What a conversation is encoded with: the model's tokenizer and its end token. */
export interface ConversationCodec {
  tokenizer: Tokenizer;
  eosToken: number;
}

/** The persona as the model was trained to read it; "" where there is none. */
export function personaText(persona: string[]): string {
  return persona.map((line) => `your persona: ${line.trim()}`).join('\n');
}

/**
 * A whole conversation as ParlAI encodes it: the persona and each turn by itself, with its prefix space, two
 * spaces between them, the end token after them. Of any length: `packConversation` makes it fit the model.
 */
export function encodeConversation(conversation: Conversation, codec: ConversationCodec): number[] {
  const parts = [personaText(conversation.persona), ...conversation.turns.map((turn) => turn.trim())];
  const encoded = parts.filter((part) => part !== '').map((part) => codec.tokenizer.encode(part));
  return joinParts(encoded, codec);
}

export function joinParts(parts: number[][], codec: ConversationCodec): number[] {
  const joined = parts.flatMap((part, index) =>
    index === 0 ? part : [...codec.tokenizer.partSeparator, ...part],
  );
  return [...joined, codec.eosToken];
}
