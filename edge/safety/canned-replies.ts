/**
 * What is said instead of a reply: each changes the subject, as ParlAI's bots do, and says nothing of what was said before.
 */
export const CANNED_REPLIES = [
  "Let's talk about something else. What do you like to do at the weekend?",
  'I would rather not go on with that. Have you seen a good film lately?',
  "Let's change the subject. What did you have for dinner yesterday?",
  'I have nothing good to say to that. Do you have any pets?',
  'Maybe we can talk about something nicer. Where would you like to travel?',
  'Shall we talk about something else? What music do you listen to?',
] as const;

const CANNED: ReadonlySet<string> = new Set(CANNED_REPLIES);

export function isCanned(text: string): boolean {
  return CANNED.has(text);
}

/**
 * `count` of them, different ones as long as there are any.
 * @param turn any number; the next one begins with another sentence
 * @param isSaid those that the conversation has had: they come last
 */
export function cannedReplies(
  count: number,
  { turn, isSaid }: { turn: number; isSaid: (text: string) => boolean },
): string[] {
  const total = CANNED_REPLIES.length;
  const inTurn = CANNED_REPLIES.map((_, index) => CANNED_REPLIES[(index + turn) % total]!);
  const freshFirst = [...inTurn.filter((text) => !isSaid(text)), ...inTurn.filter((text) => isSaid(text))];
  return Array.from({ length: count }, (_, index) => freshFirst[index % total]!);
}
