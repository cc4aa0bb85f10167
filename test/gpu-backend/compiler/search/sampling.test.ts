import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { InferenceSession } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { drawTokens } from '../../../../gpu-backend/compiler/search/sampling.ts';
import { TRANSFORMERS_DEFAULTS } from '../../../../shared/generation-parameters.ts';
import { uniformNumbers } from '../../../../shared/uniform-numbers.ts';
import { float, runGraph } from '../run-graph.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const OFF = { temperature: 1, top_k: 0, top_p: 1, min_p: 0 };
const never = Number.NEGATIVE_INFINITY;
const ALMOST_ONE = 1 - 2 ** -24;

/** A row of hypotheses with the same scores, which draw with the numbers. */
interface Row {
  scores: number[];
  numbers: number[];
  draws?: boolean;
}

/** The tokens that each row draws. */
async function drawBatch(
  rows: Row[],
  rules: Partial<typeof OFF> = {},
  options?: InferenceSession.SessionOptions,
): Promise<number[][]> {
  const [{ scores, numbers }] = rows as [Row];
  const all = <T>(value: T) => rows.flatMap((row) => row.numbers.map(() => [value]));
  const { temperature, top_k, top_p, min_p } = { ...OFF, ...rules };
  const feeds = {
    scores: float(rows.map((row) => row.numbers.map(() => row.scores))),
    uniforms: float(rows.map((row) => row.numbers.map((number) => [number]))),
    draws: rows.map(({ draws = true }) => [draws]),
    temperature: float(all(temperature)),
    top_k: all(top_k),
    top_p: float(all(top_p)),
    min_p: float(all(min_p)),
  };
  const build: Parameters<typeof runGraph>[1] = (g, { int, float, bool }) => ({
    out: drawTokens(
      g,
      { scores: float('scores'), draws: bool('draws'), step: g.ints(0) },
      {
        width: g.ints(numbers.length),
        vocabularySize: scores.length,
        uniforms: float('uniforms'),
        needs: { wholeVocabulary: g.bool(top_k === 0 || top_k >= scores.length) },
        perHypothesis: {
          temperature: float('temperature'),
          top_k: int('top_k'),
          top_p: float('top_p'),
          min_p: float('min_p'),
        },
      },
    ),
  });
  return (await runGraph(feeds, build, options))['out'] as number[][];
}

/** What a row draws by itself. */
async function draw(scores: number[], numbers: number[], rules?: Partial<typeof OFF>): Promise<number[]> {
  return (await drawBatch([{ scores, numbers }], rules))[0]!;
}

/** What a sort of all tokens draws: more than one token where the number is nearer to a border than float32 can tell. */
function drawsOfAll(scores: number[], number: number, { temperature, top_k, top_p, min_p }: typeof OFF) {
  const best = Math.max(...scores);
  const sorted = scores
    .map((score, id) => ({ id, weight: Math.exp((score - best) / temperature) }))
    .sort((a, b) => b.weight - a.weight || a.id - b.id);
  const least = sorted[top_k - 1]?.weight ?? 0;
  const ranked = sorted.filter(({ weight }) => weight > 0 && weight >= least);
  let behind = sum(ranked);
  const topP = (1 - top_p) * behind;
  const kept = ranked.filter(({ weight }, rank) => {
    const isKept = rank === 0 || behind > topP;
    behind -= weight;
    return isKept && weight >= min_p;
  });
  const drawnAt = (share: number) => {
    let left = share * sum(kept);
    const rank = kept.findIndex(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    return rank === -1 ? kept.length - 1 : rank;
  };
  return kept.slice(drawnAt(number - 1e-5), drawnAt(number + 1e-5) + 1).map(({ id }) => id);
}

const sum = (tokens: { weight: number }[]) => tokens.reduce((total, { weight }) => total + weight, 0);

/** Scores that were sorted, in the profile of a run. */
function sortedShapes(events: { args?: { op_name?: string; input_type_shape?: { float?: number[] }[] } }[]) {
  return events
    .filter(({ args }) => args?.op_name === 'TopK')
    .map(({ args }) => args!.input_type_shape![0]!.float!)
    .filter((shape) => shape.at(-1) === 30);
}

const logs = (...probabilities: number[]) => probabilities.map(Math.log);

describe('drawTokens', () => {
  it('goes through the tokens from the most probable on', async () => {
    expect(await draw(logs(0.2, 0.5, 0.3), [0, 0.49, 0.51, 0.79, 0.81, ALMOST_ONE])).toEqual([
      1, 1, 2, 2, 0, 0,
    ]);
  });

  it('keeps all tokens that are as probable as the k-th, as transformers does', async () => {
    const scores = logs(0.1, 0.3, 0.3, 0.3);
    expect(await draw(scores, [0.1, 0.4, 0.7, ALMOST_ONE], { top_k: 2 })).toEqual([1, 2, 3, 3]);
    expect(await draw(scores, [0.95], { top_k: 4 })).toEqual([0]);
    expect(await draw(scores, [0.95], { top_k: 1_000_000 })).toEqual([0]);
  });

  it('keeps the fewest tokens that reach top_p, and always one', async () => {
    const scores = logs(0.5, 0.3, 0.15, 0.05);
    expect(await draw(scores, [0.99], { top_p: 0.75 })).toEqual([1]);
    expect(await draw(scores, [0.99], { top_p: 0.85 })).toEqual([2]);
    expect(await draw(scores, [0, 0.5, 0.99], { top_p: 0 })).toEqual([0, 0, 0]);
  });

  it('keeps what has a share of the best one’s probability', async () => {
    const scores = logs(0.5, 0.3, 0.15, 0.05);
    expect(await draw(scores, [ALMOST_ONE], { min_p: 0.2 })).toEqual([2]);
    expect(await draw(scores, [ALMOST_ONE], { min_p: 1 })).toEqual([0]);
  });

  it('takes top_p from what top_k left', async () => {
    // Of 0.5 and 0.3, the first has five eighths: enough for 0.6, and not for 0.7.
    const scores = logs(0.5, 0.3, 0.15, 0.05);
    expect(await draw(scores, [0.99], { top_k: 2, top_p: 0.6 })).toEqual([0]);
    expect(await draw(scores, [0.99], { top_k: 2, top_p: 0.7 })).toEqual([1]);
  });

  it('never draws a banned token, wherever the number lies', async () => {
    const numbers = Array.from({ length: 64 }, (_, index) => Math.min(index / 63, ALMOST_ONE));
    const drawn = await draw([never, 2, never, 1, never], numbers);
    expect(new Set(drawn)).toEqual(new Set([1, 3]));
    expect(await draw([never, never, 0], [0, ALMOST_ONE])).toEqual([2, 2]);
  });

  it('draws for a row what it draws alone, whichever rows of a batch draw', async () => {
    const numbers = [0.1, 0.6, 0.95];
    const rows = [3, 5, 7, 11].map((factor) => ({
      scores: Array.from({ length: 30 }, (_, id) => 2 * Math.sin(factor * id)),
      numbers,
    }));
    const alone = await Promise.all(rows.map(({ scores }) => draw(scores, numbers)));
    for (let drawing = 0; drawing < 16; drawing++) {
      const draws = (row: number) => ((drawing >> row) & 1) === 1;
      const drawn = await drawBatch(rows.map((row, index) => ({ ...row, draws: draws(index) })));
      expect(drawn).toHaveLength(4);
      expect(drawn.filter((_, row) => draws(row))).toEqual(alone.filter((_, row) => draws(row)));
    }
  });

  it.each([0, 29])('sorts for the rows that draw, not for their neighbours, with top_k %i', async (top_k) => {
    const folder = await temporaryFolder();
    const row = { scores: Array.from({ length: 30 }, (_, id) => Math.sin(id)), numbers: [0.2, 0.9] };
    const rows = [false, true, false, false].map((draws) => ({ ...row, draws }));
    await drawBatch(rows, { top_k }, { enableProfiling: true, profileFilePrefix: join(folder, 'profile') });
    const [file] = await readdir(folder);
    const sorted = sortedShapes(JSON.parse(await readFile(join(folder, file!), 'utf8')));
    expect(sorted.length).toBeGreaterThan(0);
    for (const shape of sorted) expect(shape).toEqual([2, 30]);
  });

  it('draws from a long tail, of which it sorts little, what a sort of all would', async () => {
    const rules = fc.record({
      temperature: fc.constantFrom(0.5, 1, 2),
      top_k: fc.constantFrom(0, 40, 600),
      top_p: fc.constantFrom(1, 0.95, 0.3),
      min_p: fc.constantFrom(0, 1e-4, 0.05),
    });
    const score = fc.integer({ min: -12_000, max: 4000 }).map((thousandths) => thousandths / 1000);
    const scores = fc.array(fc.oneof({ weight: 19, arbitrary: score }, fc.constant(never)), {
      minLength: 600,
      maxLength: 600,
    });
    const numbers = fc.array(
      fc.oneof(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.constant(ALMOST_ONE)),
      {
        minLength: 20,
        maxLength: 20,
      },
    );
    let exact = 0;
    await fc.assert(
      fc.asyncProperty(scores, numbers, rules, async (scores, numbers, rules) => {
        const drawn = await draw(scores, numbers, rules);
        for (const [index, number] of numbers.entries()) {
          const expected = drawsOfAll(scores, number, rules);
          expect(expected).toContain(drawn[index]);
          if (expected.length === 1) exact++;
        }
      }),
      { numRuns: 60, seed: 7 },
    );
    expect(exact).toBeGreaterThan(800);
  });

  it('draws each token as often as it is probable', async () => {
    const scores = Array.from({ length: 24 }, (_, id) => 2 * Math.sin(7 * id));
    const temperature = 1.5;
    const seeds = 8000;
    const sampling = { ...TRANSFORMERS_DEFAULTS, do_sample: true, max_length: 2 };
    const numbers = Array.from({ length: seeds }, (_, seed) => uniformNumbers({ ...sampling, seed })[0]![0]!);
    const drawn = await draw(scores, numbers, { temperature, top_k: 12 });

    const kth = scores.toSorted((a, b) => b - a)[11]!;
    const weights = scores.map((score) => (score < kth ? 0 : Math.exp(score / temperature)));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let chiSquare = 0;
    for (const [id, weight] of weights.entries()) {
      const count = drawn.filter((token) => token === id).length;
      const expected = (seeds * weight) / total;
      if (weight === 0) expect(count).toBe(0);
      else chiSquare += (count - expected) ** 2 / expected;
    }
    // 11 degrees of freedom: above 45 once in two hundred thousand sets of seeds.
    expect(chiSquare).toBeLessThan(45);
  });
});
