import type { Reply } from './reply.ts';

/**
 * The replies to give, out of all that the model generated for a conversation.
 * @param candidates best first; at least `count`
 * @returns `count` of them, best first
 */
export function chooseReplies(candidates: Reply[], { count }: { count: number }): Reply[] {
  return candidates.slice(0, count);
}
