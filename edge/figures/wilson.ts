/** A part of a whole, and between what the true part lies with 95 % confidence. */
export interface EstimatedPart {
  value: number;
  low: number;
  high: number;
}

/** The standard normal distribution has 95 % within ± so much. */
const Z = 1.959964;

/**
 * How often something happens, by how often it did: Wilson's score interval, which holds for few trials and for parts near
 * 0 and 1 too. Null without trials. Source: E. B. Wilson, "Probable inference, the law of succession, and statistical
 * inference" (1927).
 */
export function wilsonInterval(successes: number, trials: number): EstimatedPart | null {
  if (trials === 0) return null;
  const value = successes / trials;
  const square = Z * Z;
  const middle = value + square / (2 * trials);
  const half = Z * Math.sqrt((value * (1 - value) + square / (4 * trials)) / trials);
  const scale = 1 + square / trials;
  // Rounding may miss the ends by a hair.
  return {
    value,
    low: successes === 0 ? 0 : (middle - half) / scale,
    high: successes === trials ? 1 : (middle + half) / scale,
  };
}

/**
 * How much one part is above another, with 95 % confidence, by both parts' intervals. Source: R. G. Newcombe, "Interval
 * estimation for the difference between independent proportions" (1998), method 10.
 */
export function partDifference(one: EstimatedPart, other: EstimatedPart): EstimatedPart {
  const value = one.value - other.value;
  return {
    value,
    low: value - Math.hypot(one.value - one.low, other.high - other.value),
    high: value + Math.hypot(one.high - one.value, other.value - other.low),
  };
}
