import { ApiError } from '../errors.ts';

// C0 and C1 controls and DEL, but for the tab and the line feed: terminals obey U+009B as they do ESC [.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const LINE_ENDS = /\r\n?|\u0085/g;
// What shows nothing: white space, controls, formatting characters such as the zero-width joiner, variation
// selectors and fillers, and the braille pattern without dots.
const BLANK = /^[\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/**
 * What a person typed, as the rest of Tandem keeps it: line ends are line feeds, other control characters are
 * gone, half surrogate pairs are U+FFFD, no white space around it. Emoji and their joiners stay.
 */
export function cleanText(text: string): string {
  return text.toWellFormed().replace(LINE_ENDS, '\n').replace(CONTROLS, '').trim();
}

/** A text without anything to see: "" too. */
export function isBlank(text: string): boolean {
  return BLANK.test(text);
}

/**
 * A person's message, cleaned.
 * @param options.param where in the request it stood, for the error
 * @throws {ApiError} empty_message, message_too_long
 */
export function parseMessage(text: string, options: { maxChars: number; param: string }): string {
  const cleaned = cleanText(text);
  if (isBlank(cleaned)) throw new ApiError('empty_message', { param: options.param });
  refuseTooLong(cleaned, options);
  return cleaned;
}

/** @throws {ApiError} message_too_long */
export function refuseTooLong(text: string, { maxChars, param }: { maxChars: number; param: string }): void {
  const length = countChars(text);
  if (length <= maxChars) return;
  const message = `The message is too long: ${length} characters, where ${maxChars} are allowed.`;
  throw new ApiError('message_too_long', { param, message });
}

/** Code points: an emoji outside the basic plane counts once. */
function countChars(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
