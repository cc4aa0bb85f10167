import type { ModelType } from '../../shared/model-config.ts';
import { BYTE_LEVEL_SPACE } from '../../shared/tokenizer/byte-level.ts';
import { NEWLINE_NAME, NEWLINE_TOKEN, UNKNOWN_NAME } from '../../shared/tokenizer/word-bpe.ts';

/** How a family of models was trained to read a conversation, and how it writes. */
export interface ConversationFormat {
  /** The tokens between the persona and each turn. */
  separator: string[];
  endsWithEos: boolean;
  /** A decoded reply with the spaces that people write. */
  readable(decoded: string): string;
  /**
   * A reply's text for people: what the model cannot write is put right, and nothing else. It has the same ids when the model
   * reads it as a turn.
   */
  tidy(text: string): string;
}

export const CONVERSATION_FORMATS: Record<ModelType, ConversationFormat> = {
  blenderbot: {
    separator: [BYTE_LEVEL_SPACE, BYTE_LEVEL_SPACE],
    endsWithEos: true,
    readable: (decoded) => decoded.trim(),
    // It learned from people's own spelling: what it writes is its own.
    tidy: (text) => text,
  },
  'blenderbot-small': {
    separator: [NEWLINE_TOKEN],
    endsWithEos: false,
    readable: joinPunctuation,
    // It knows no capital letters.
    tidy: sentenceCase,
  },
};

const UNKNOWN = new RegExp(` ?${UNKNOWN_NAME}`, 'g');
const NEWLINE = new RegExp(` ?${NEWLINE_NAME} ?`, 'g');
const GAP_BEFORE_PUNCTUATION = / (?=[.,!?)])/g;
const GAPS_OF_CONTRACTION = /(?<=\p{L}) ' (?=(?:s|t|m|d|re|ve|ll)(?!\p{L}))/gu;

/**
 * "i ' m fine , thanks ." → "i'm fine, thanks.": only gaps that the tokenizer makes again, so that a reply has the same
 * ids when the model reads it as a turn.
 */
function joinPunctuation(decoded: string): string {
  return decoded
    .replace(UNKNOWN, '')
    .replace(NEWLINE, '\n')
    .replace(GAP_BEFORE_PUNCTUATION, '')
    .replace(GAPS_OF_CONTRACTION, "'")
    .trim();
}

// The first letter of the text and after the end of a sentence, which "i.e." is not; and the word "i".
const SENTENCE_START = /(?:^|(?<!\.\p{L})[.!?]["')]*\s+)["'(]*\p{Ll}/gu;
const PRONOUN = /(?<![\p{L}\p{N}])i(?![\p{L}\p{N}])(?!\.\p{L}(?!\p{L}))/gu;

/** "hello there. i'm fine" → "Hello there. I'm fine". Names stay small: nothing tells them from other words. */
function sentenceCase(text: string): string {
  return text.replace(PRONOUN, 'I').replace(SENTENCE_START, (start) => start.toUpperCase());
}
