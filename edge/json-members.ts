const QUOTE = 34;
const COLON = 58;
const BACKSLASH = 92;

/** How many members ("key": value) the objects of a JSON text have: its colons outside strings. */
export function countMembers(json: string): number {
  let count = 0;
  let inString = false;
  for (let index = 0; index < json.length; index++) {
    const char = json.charCodeAt(index);
    if (char === QUOTE) inString = !inString;
    else if (char === BACKSLASH) index++;
    else if (char === COLON && !inString) count++;
  }
  return count;
}

/** How many members the objects of a parsed JSON value have: fewer than its text where a key stood twice. */
export function countOwnMembers(value: unknown): number {
  let count = 0;
  // Not by recursion: a body has room for a hundred thousand lists within each other.
  const pending = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== 'object' || next === null) continue;
    const members = Object.values(next);
    if (!Array.isArray(next)) count += members.length;
    for (const member of members) pending.push(member);
  }
  return count;
}
