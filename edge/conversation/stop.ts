import type { ConversationCodec } from './encoding.ts';

type Reader = Pick<ConversationCodec, 'read'>;

/**
 * A reply's text and ids up to the first of the stop texts in it. The ids go on to the one that completes it, as if the
 * model had stopped there; of the text, what stands before it is left.
 */
export function cutAtStop(
  ids: number[],
  { codec, stop }: { codec: Reader; stop: string[] },
): { text: string; ids: number[]; stopped: boolean } {
  const text = codec.read(ids);
  const at = firstStop(text, stop);
  if (at === null) return { text, ids, stopped: false };
  const length = shortestWith(ids, (start) => firstStop(codec.read(start), stop) !== null);
  return { text: text.slice(0, at).trimEnd(), ids: ids.slice(0, length), stopped: true };
}

/**
 * How many ids the shortest start has that is as wanted. All of them are, and whatever is longer than one that is.
 * By halves, since each look decodes.
 */
function shortestWith(ids: number[], isWanted: (start: number[]) => boolean): number {
  let [tooShort, wanted] = [0, ids.length];
  while (wanted - tooShort > 1) {
    const middle = Math.floor((tooShort + wanted) / 2);
    if (isWanted(ids.slice(0, middle))) wanted = middle;
    else tooShort = middle;
  }
  return wanted;
}

function firstStop(text: string, stop: string[]): number | null {
  const found = stop.map((phrase) => text.indexOf(phrase)).filter((index) => index >= 0);
  return found.length === 0 ? null : Math.min(...found);
}

/**
 * Token sequences with which a reply certainly holds the stop text, so that the search may end there. There are other
 * ways to write it: `cutAtStop` finds those.
 * @param spellings ids of the text, as `spellings` gives them
 */
export function stoppingSequences(
  stop: string,
  spellings: number[][],
  codec: Reader & { encode(text: string): number[] },
) {
  const word = codec.encode('a');
  // Between other words, for what stands at an end of a reply may be trimmed off.
  return spellings.filter((ids) => codec.read([...word, ...ids, ...word]).includes(stop));
}
