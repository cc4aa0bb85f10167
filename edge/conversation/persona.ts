import { ApiError } from '../errors.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { personaText } from './encoding.ts';
import { cleanText, isBlank } from './text.ts';

/** The model was trained on two to five lines. */
const MAX_PERSONA_LINES = 10;
// Far above what fits in tokens: it only keeps a large body from being tokenized.
const MAX_PERSONA_CHARS = 4_000;
/** The rest of what the model can read is for the conversation. */
const PERSONA_SHARE = 2 / 3;

const PREFIX = /^your persona\s*:\s*/i;
// White space after the end of a sentence, but not after a title: "Mr. Whiskers".
const SENTENCE_GAP = /(?<=[.!?])(?<!\b(?:Mr|Mrs|Ms|Dr|St)\.)\s+/u;

/**
 * Facts about the bot, a line each. A list has one to an item; a text is split as `splitFacts` does. "your
 * persona:", which the model's own format has before each, may be typed and is taken off.
 * @param options.param where in the request the persona stood, for the error
 * @param options.name what the client knows it as, where that is not the persona
 * @throws {ApiError} persona_too_long
 */
export function parsePersona(
  input: string | string[],
  options: { tokenizer: Tokenizer; maxPositions: number; param: string; name?: string },
): string[] {
  const { tokenizer, maxPositions, param, name = 'The persona' } = options;
  const facts = typeof input === 'string' ? splitFacts(input) : input;
  const lines = facts
    .flatMap((fact) => cleanText(fact).split('\n'))
    .map((line) => line.replace(PREFIX, '').trim())
    .filter((line) => !isBlank(line));
  const refuse = (limit: string) => {
    throw new ApiError('persona_too_long', { param, message: `${name} is too long: ${limit}.` });
  };

  if (lines.length > MAX_PERSONA_LINES) {
    refuse(`${lines.length} lines, where ${MAX_PERSONA_LINES} are allowed`);
  }
  const text = personaText(lines);
  if (text.length > MAX_PERSONA_CHARS) refuse(`more than ${MAX_PERSONA_CHARS} characters`);
  const tokens = tokenizer.encode(text).length;
  const maxTokens = Math.floor(maxPositions * PERSONA_SHARE);
  if (tokens > maxTokens) {
    refuse(`${tokens} tokens, where ${maxTokens} are allowed of the ${maxPositions} that the model can read`);
  }
  return lines;
}

/** The facts in a text: one to a line, or, where it is a single line, one to a sentence. */
export function splitFacts(text: string): string[] {
  const lines = cleanText(text).split('\n');
  return lines.length > 1 ? lines : lines[0]!.split(SENTENCE_GAP);
}
