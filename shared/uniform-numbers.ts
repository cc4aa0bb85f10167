import { type GenerationParameters, searchWidth } from './generation-parameters.ts';

/**
 * The random numbers of a row, which are an input of the generation graph. The number for a hypothesis (a sample or a beam)
 * and a step depends on the seed and on these two alone: the first four of eight samples are the four that four would be, and
 * any client can make the same ones.
 */

/** How many tokens each hypothesis of a row may have to draw. */
export function drawnSteps({ do_sample, num_beams, beam_delay, max_length }: GenerationParameters): number {
  const written = max_length - 1;
  if (!do_sample) return 0;
  return num_beams === 1 ? written : Math.min(beam_delay, written);
}

/**
 * Numbers in [0, 1), each a multiple of 2⁻²⁴, which float32 holds exactly: [width][steps], empty lists where nothing is drawn.
 * Number [h][s] is the upper 24 bits of the first word of Philox4x32-10 with the counter (s, h, 0, 0) and the key (lower,
 * upper half of the seed).
 * @param random makes a seed where the parameters have none
 */
export function uniformNumbers(parameters: GenerationParameters, random = Math.random): number[][] {
  const steps = drawnSteps(parameters);
  const seed = parameters.seed ?? Math.floor(random() * 2 ** 53);
  const key: Key = [seed >>> 0, Math.floor(seed / 2 ** 32)];
  return Array.from({ length: searchWidth(parameters) }, (_, hypothesis) =>
    Array.from({ length: steps }, (_, step) => (philox([step, hypothesis, 0, 0], key)[0] >>> 8) / 2 ** 24),
  );
}

export type Counter = [number, number, number, number];
export type Key = [number, number];

const ROUNDS = 10;
const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const KEY_STEPS = [0x9e3779b9, 0xbb67ae85] as const;

/**
 * Philox4x32-10, a random function of a counter: four words of 32 bits.
 * Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC11).
 */
export function philox(counter: Counter, key: Key): Counter {
  let [a, b, c, d] = counter;
  let [k, l] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const [highA, lowA] = multiply(MULTIPLIERS[0], a);
    const [highC, lowC] = multiply(MULTIPLIERS[1], c);
    [a, b, c, d] = [(highC ^ b ^ k) >>> 0, lowC, (highA ^ d ^ l) >>> 0, lowA];
    k = (k + KEY_STEPS[0]) >>> 0;
    l = (l + KEY_STEPS[1]) >>> 0;
  }
  return [a, b, c, d];
}

/** The 64 bits of a product of two words, by halves of 16 bits: numbers are exact only up to 2⁵³. */
function multiply(x: number, y: number): [high: number, low: number] {
  const [xHigh, xLow, yHigh, yLow] = [x >>> 16, x & 0xffff, y >>> 16, y & 0xffff];
  const middle = xHigh * yLow + ((xLow * yLow) >>> 16);
  const carried = xLow * yHigh + (middle & 0xffff);
  const high = xHigh * yHigh + Math.floor(middle / 0x10000) + Math.floor(carried / 0x10000);
  return [high >>> 0, Math.imul(x, y) >>> 0];
}
