/** What hypotheses have in common, and where they part. */
export interface Branch {
  /** The tokens up to the next parting, by their text. */
  tokens: string[];
  /** The hypotheses that end here, by their places: 0 is the best. */
  ends: number[];
  branches: Branch[];
}

/** A tree of hypotheses: each way from its root to an end is one of them. */
export function hypothesisTree(hypotheses: readonly (readonly string[])[]): Branch {
  const all = hypotheses.map((tokens, place) => ({ tokens, place }));
  return grow(all, 0);
}

interface Hypothesis {
  tokens: readonly string[];
  place: number;
}

/** @param from how many tokens the hypotheses have in common already */
function grow(hypotheses: Hypothesis[], from: number): Branch {
  let to = from;
  const first = hypotheses[0]?.tokens ?? [];
  while (to < first.length && hypotheses.every(({ tokens }) => tokens[to] === first[to])) to += 1;
  const ends = hypotheses.filter(({ tokens }) => tokens.length === to);
  const rest = hypotheses.filter((hypothesis) => !ends.includes(hypothesis));
  const byNext = Map.groupBy(rest, ({ tokens }) => tokens[to]!);
  return {
    tokens: first.slice(from, to),
    ends: ends.map(({ place }) => place),
    branches: [...byNext.values()].map((members) => grow(members, to)),
  };
}
