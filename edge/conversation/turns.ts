import { isBlank } from './text.ts';

/**
 * What was said as the turns that the model reads, oldest first. It tells who speaks by the order alone, so
 * messages of one speaker that follow each other become one turn, with a line feed between. A blank message is
 * no turn: a model may reply nothing, and what was said before and after it is one turn then.
 */
export function joinTurns<Role>(messages: { role: Role; content: string }[]): string[] {
  const turns: string[] = [];
  let speaker: Role | undefined;
  for (const { role, content } of messages) {
    if (isBlank(content)) continue;
    if (role === speaker) turns.push(`${turns.pop()}\n${content}`);
    else turns.push(content);
    speaker = role;
  }
  return turns;
}
