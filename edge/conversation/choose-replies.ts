import type { Reply } from './reply.ts';

interface Wishes {
  count: number;
  /** What must not be said: a reply that it is true of falls to the next one. Asked of no more replies than needed. */
  isUnsafe?: (text: string) => boolean;
  /** What this conversation has already been told, which is said again only where nothing else is left. */
  isSaid?: (text: string) => boolean;
}

interface ChosenReplies {
  /** At most `count`, best first: fewer where the others are unsafe. */
  replies: Reply[];
  /** Replies that were passed over because they are unsafe. */
  unsafe: number;
}

/**
 * The replies to give, out of all that the model generated for a conversation.
 * @param candidates best first; no more are read than are needed, for the text of each has its cost
 */
export function chooseReplies(
  candidates: Iterable<Reply>,
  { count, isUnsafe = () => false, isSaid = () => false }: Wishes,
): ChosenReplies {
  const read: Reply[] = [];
  const repeated: Reply[] = [];
  const chosen = new Set<Reply>();
  let unsafe = 0;
  const choose = (reply: Reply) => {
    if (isUnsafe(reply.text)) unsafe += 1;
    else chosen.add(reply);
  };
  for (const reply of candidates) {
    read.push(reply);
    if (isSaid(reply.text)) repeated.push(reply);
    else choose(reply);
    if (chosen.size === count) break;
  }
  for (const reply of repeated) if (chosen.size < count) choose(reply);
  return { replies: read.filter((reply) => chosen.has(reply)), unsafe };
}

/** Whether a reply is one of those, but for case, punctuation and white space. */
export function saidBefore(replies: readonly string[]): (text: string) => boolean {
  if (replies.length === 0) return () => false;
  const said = new Set(replies.map(essence));
  return (text) => said.has(essence(text));
}

function essence(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
