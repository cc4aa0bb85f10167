import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { CONVERSATION_FORMATS } from './format.ts';

/**
 * A conversation, oldest turn first. People and the bot take turns; who speaks is told by the order alone.
 */
export interface Conversation {
  /** Facts about the bot, a line each, without "your persona:". */
  persona: string[];
  turns: string[];
}

/** What turns a conversation into ids, and ids into a reply. */
export interface ConversationCodec {
  encode(text: string): number[];
  /** Between the persona and each turn. */
  separator: number[];
  /** After the last turn: the end token, or nothing. */
  end: number[];
  /** A reply's ids as people write. */
  read(ids: number[]): string;
}

/** @param eosToken the model's end token */
export function conversationCodec(tokenizer: Tokenizer, eosToken: number): ConversationCodec {
  const { separator, endsWithEos, readable } = CONVERSATION_FORMATS[tokenizer.family];
  return {
    encode: tokenizer.encode,
    separator: separator.map(tokenizer.tokenId),
    end: endsWithEos ? [eosToken] : [],
    read: (ids) => readable(tokenizer.decode(ids)),
  };
}

/** The persona as the model was trained to read it; "" where there is none. */
export function personaText(persona: string[]): string {
  return persona.map((line) => `your persona: ${line.trim()}`).join('\n');
}

/**
 * A whole conversation as ParlAI encodes it: the persona and each turn by itself, the separator between them, the end
 * after them. Of any length: `packConversation` makes it fit the model.
 */
export function encodeConversation(conversation: Conversation, codec: ConversationCodec): number[] {
  const parts = [personaText(conversation.persona), ...conversation.turns.map((turn) => turn.trim())];
  const encoded = parts.filter((part) => part !== '').map((part) => codec.encode(part));
  return joinParts(encoded, codec);
}

export function joinParts(parts: number[][], { separator, end }: ConversationCodec): number[] {
  const joined = parts.flatMap((part, index) => (index === 0 ? part : [...separator, ...part]));
  return [...joined, ...end];
}
