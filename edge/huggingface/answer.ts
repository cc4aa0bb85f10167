import type { Reply } from '../conversation/reply.ts';
import type { PackedConversation } from '../conversation/packing.ts';

/** text2text-generation: a list of texts; for several inputs a list of lists, unless each has one reply. */
export function generatedTexts(replies: Reply[][], { isList }: { isList: boolean }) {
  const texts = replies.map((each) => each.map(({ text }) => ({ generated_text: text })));
  return isList && texts.some(({ length }) => length > 1) ? texts : texts.flat();
}

interface SaidSoFar {
  text: string;
  past_user_inputs?: string[] | null | undefined;
  generated_responses?: string[] | null | undefined;
}

/** The old conversational form: the reply, and the conversation to send back with the next text. */
export function conversationAnswer(said: SaidSoFar, reply: Reply, packed: PackedConversation) {
  const { text, past_user_inputs, generated_responses } = said;
  return {
    generated_text: reply.text,
    conversation: {
      past_user_inputs: [...(past_user_inputs ?? []), text].map(wellFormed),
      generated_responses: [...(generated_responses ?? []), reply.text].map(wellFormed),
    },
    warnings: [
      ...(packed.droppedTurns > 0
        ? [`The model was not given the oldest ${packed.droppedTurns} turns: it reads so much and no more.`]
        : []),
      ...(packed.truncated ? ['The model was given only the end of the text: it is too long.'] : []),
    ],
  };
}

/** What was sent may hold half a surrogate pair: no text to send back. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}
