// One slip of the finger, or two: more, and names that have nothing to do with each other are near.
const MOST_EDITS = 2;
// HOST is two letters away from many a name.
const SHORTEST_NAME = 8;

/** The name that was probably meant, or undefined where none is near. Case and the kind of dash do not count. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const candidates = names
    .filter((name) => name.length >= SHORTEST_NAME)
    .map((name) => ({ name, edits: editDistance(plain(given), plain(name)) }))
    .filter(({ edits }) => edits <= MOST_EDITS);
  return candidates.sort((one, other) => one.edits - other.edits)[0]?.name;
}

function plain(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

/** Levenshtein's: insertions, deletions and substitutions. */
function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const substituted = above[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(substituted, above[column]! + 1, current[column - 1]! + 1));
    }
    above = current;
  }
  return above[to.length]!;
}
