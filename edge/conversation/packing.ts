import { type Conversation, type ConversationCodec, joinParts, personaText } from './encoding.ts';

export interface PackedConversation {
  /** At most `maxPositions` ids, the end token last. */
  ids: number[];
  /** Oldest turns that did not fit. */
  droppedTurns: number;
  /** The newest turn itself was too long, and its beginning is missing. */
  truncated: boolean;
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
  const { tokenizer, maxPositions } = codec;
  const turns = conversation.turns.map((turn) => turn.trim()).filter((turn) => turn !== '');
  const persona =
    conversation.persona.length > 0 ? tokenizer.encode(personaText(conversation.persona)) : null;
  const separator = tokenizer.partSeparator.length;

  let room = maxPositions - 1 - (persona === null ? 0 : persona.length + separator);
  if (room < 1) throw new Error('The persona leaves no room for a turn. This is a bug.');

  const kept: number[][] = [];
  let truncated = false;
  for (const turn of turns.toReversed()) {
    const encoded = tokenizer.encode(turn);
    if (kept.length === 0) {
      truncated = encoded.length > room;
      kept.push(encoded.slice(-room));
      room -= kept[0]!.length;
    } else {
      room -= separator + encoded.length;
      if (room < 0) break;
      kept.unshift(encoded);
    }
  }
  return {
    ids: joinParts(persona === null ? kept : [persona, ...kept], codec),
    droppedTurns: turns.length - kept.length,
    truncated,
  };
}
