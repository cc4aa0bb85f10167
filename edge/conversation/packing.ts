import { type Conversation, type ConversationCodec, joinParts, personaText } from './encoding.ts';

export interface PackedConversation {
  /** At most `maxPositions` ids, the family's end last. */
  ids: number[];
  /** Oldest turns that did not fit. */
  droppedTurns: number;
  /** The newest turn itself was too long, and its beginning is missing. */
  truncated: boolean;
}

/**
 * Characters at the end of a turn that are encoded, for each position of the model. Tokens are about four
 * characters long: what stands before these would not fit either, and a turn may be joined of many messages.
 */
const ENCODED_CHARS_PER_POSITION = 16;

/** The end of a turn, beyond which the model reads nothing of it. */
export function readableEnd(turn: string, maxPositions: number): string {
  return turn.slice(-maxPositions * ENCODED_CHARS_PER_POSITION);
}

/**
 * The part of a conversation that the model is given. The persona always stays, whole turns are left out from
 * the oldest on, and the newest turn is cut, from its left, only where it does not fit with the persona
 * alone. Turns are encoded from the newest back, as far as there is room: a long transcript costs no more
 * than a short one.
 * @throws {Error} for a persona that leaves no room for a turn, which `parsePersona` refuses
 */
export function packConversation(
  conversation: Conversation,
  codec: ConversationCodec & { maxPositions: number },
): PackedConversation {
  const { maxPositions } = codec;
  const turns = conversation.turns.map((turn) => turn.trim()).filter((turn) => turn !== '');
  const persona = conversation.persona.length > 0 ? codec.encode(personaText(conversation.persona)) : null;
  const separator = codec.separator.length;

  let room = maxPositions - codec.end.length - (persona === null ? 0 : persona.length + separator);
  if (room < 1) throw new Error('The persona leaves no room for a turn. This is a bug.');

  const kept: number[][] = [];
  let truncated = false;
  for (const turn of turns.toReversed()) {
    const end = readableEnd(turn, maxPositions);
    const encoded = codec.encode(end);
    const needed = encoded.length + (kept.length === 0 ? 0 : separator);
    const fits = end === turn && needed <= room;
    if (!fits && kept.length > 0) break;
    kept.unshift(encoded.slice(-room));
    room -= needed;
    if (!fits) {
      truncated = true;
      break;
    }
  }
  return {
    ids: joinParts(persona === null ? kept : [persona, ...kept], codec),
    droppedTurns: turns.length - kept.length,
    truncated,
  };
}
