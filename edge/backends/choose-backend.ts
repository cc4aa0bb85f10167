/** What the choice knows of a backend. */
export interface Candidate {
  /** Its share of the requests where all are idle. */
  weight: number;
  /** Requests that it works on or has waiting, as far as is known here. */
  load: number;
  /** paused: it said that it is full, and until when. ejected: it failed repeatedly. */
  standing: 'ready' | 'paused' | 'ejected';
}

const STANDINGS = ['ready', 'paused', 'ejected'] as const;

/**
 * The less loaded of two that are drawn by weight, among those of the best standing that there is: where none is ready,
 * asking a full or a failing one is better than not to ask. null where there are no candidates.
 * Source: Mitzenmacher, "The power of two choices in randomized load balancing".
 * @param random in [0, 1), called once or twice
 */
export function chooseBackend<T extends Candidate>(candidates: T[], random: () => number): T | null {
  const standing = STANDINGS.find((one) => candidates.some((candidate) => candidate.standing === one));
  const best = candidates.filter((candidate) => candidate.standing === standing);
  if (best.length === 0) return null;
  const first = drawByWeight(best, random());
  const others = best.filter((candidate) => candidate !== first);
  if (others.length === 0) return first;
  const second = drawByWeight(others, random());
  return loadPerWeight(second) < loadPerWeight(first) ? second : first;
}

// With the request that is to be placed, so that of two idle backends the heavier is the less loaded.
function loadPerWeight({ load, weight }: Candidate): number {
  return (load + 1) / weight;
}

function drawByWeight<T extends Candidate>(candidates: T[], random: number): T {
  const total = candidates.reduce((sum, { weight }) => sum + weight, 0);
  let left = random * total;
  for (const candidate of candidates) {
    left -= candidate.weight;
    if (left < 0) return candidate;
  }
  // Rounding left a little over.
  return candidates.at(-1)!;
}
