import { isCanned } from '../safety/canned-replies.ts';
import { isBlank } from './text.ts';

/**
 * What was said as the turns that the model reads, oldest first. It tells who speaks by the order alone, so
 * messages of one speaker that follow each other become one turn, with a line feed between. A blank message is
 * no turn: a model may reply nothing, and what was said before and after it is one turn then. Nor is what a person said
 * and a canned sentence answered: what the model was kept from once, it does not read later. The sentence stays, for the
 * person goes on from it.
 */
export function joinTurns(messages: { role: string; content: string }[]): string[] {
  const turns: string[] = [];
  let speaker: string | undefined;
  for (const { role, content } of messages) {
    if (isBlank(content)) continue;
    if (role === 'assistant' && role !== speaker && isCanned(content)) {
      turns.pop();
      if (turns.length > 0) speaker = role;
    }
    if (role === speaker) turns.push(`${turns.pop()}\n${content}`);
    else turns.push(content);
    speaker = role;
  }
  return turns;
}
