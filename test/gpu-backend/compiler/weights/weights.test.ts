import { describe, expect, it } from 'vitest';
import { PRECISIONS } from '../../../../gpu-backend/compiler/manifest.ts';
import { type Matrix, randomMatrix, runWeights } from './run-weights.ts';

/** Largest error of a product of normally distributed numbers, as a share of the results' standard deviation. */
const TOLERANCES = { fp32: 1e-5, fp16: 5e-3, int8: 0.06, int4: 0.7 };
/** Largest error of an embedding as a share of its own. */
const EMBEDDING_TOLERANCES = { fp32: 0, fp16: 2e-3, int8: 0.03, int4: 0.02 };

// Smaller than a block, larger, and no multiple of it; some of the kernels take several columns or values at once.
const SIZES = [
  { inputs: 32, outputs: 64 },
  { inputs: 48, outputs: 7 },
  { inputs: 129, outputs: 33 },
  { inputs: 400, outputs: 200 },
];

const layer = (name: string, { inputs, outputs }: { inputs: number; outputs: number }, seed: number) => ({
  [`${name}.weight`]: { shape: [outputs, inputs], values: randomMatrix(outputs, inputs, seed).values },
  [`${name}.bias`]: { shape: [outputs], values: randomMatrix(1, outputs, seed + 1).values },
});

/** x · Wᵀ + b in double precision. */
function product(x: Matrix, weight: Float32Array, bias: Float32Array): number[] {
  const result: number[] = [];
  for (let row = 0; row < x.rows; row++) {
    for (let output = 0; output < bias.length; output++) {
      let sum = bias[output]!;
      for (let i = 0; i < x.columns; i++)
        sum += x.values[row * x.columns + i]! * weight[output * x.columns + i]!;
      result.push(sum);
    }
  }
  return result;
}

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, index) => Math.abs(value - b[index]!)));

const rowOf = ({ values, columns }: Matrix, row: number): Matrix => ({
  rows: 1,
  columns,
  values: values.slice(row * columns, (row + 1) * columns),
});

for (const precision of PRECISIONS) {
  describe(`weights in ${precision}`, () => {
    for (const size of SIZES) {
      it(`multiply ${size.inputs} inputs to ${size.outputs} outputs`, async () => {
        const x = randomMatrix(9, size.inputs, 7);
        const tensors = layer('fc', size, 1);
        const result = await runWeights(precision, {
          tensors,
          x,
          build: (g, weights, input) => weights.linear(g, input, 'fc', size),
        });
        const expected = product(x, tensors['fc.weight']!.values, tensors['fc.bias']!.values);
        const spread = Math.sqrt(size.inputs);
        expect(largestDifference(result.values, expected) / spread).toBeLessThan(TOLERANCES[precision]);
      });
    }

    it('multiply several layers at once as each by itself', async () => {
      const size = { inputs: 48, outputs: 24 };
      const x = randomMatrix(5, size.inputs, 3);
      const tensors = { ...layer('q', size, 10), ...layer('k', size, 20), ...layer('v', size, 30) };
      const run = (layers: string | string[]) =>
        runWeights(precision, {
          tensors,
          x,
          build: (g, weights, input) => weights.linear(g, input, layers, size),
        });
      const together = await run(['q', 'k', 'v']);
      const apart = [await run('q'), await run('k'), await run('v')];
      const sideBySide = Array.from({ length: x.rows }, (_, row) =>
        apart.flatMap((part) => [...rowOf(part, row).values]),
      );
      expect(largestDifference(together.values, sideBySide.flat())).toBeLessThan(
        precision === 'fp16' ? 0.02 : 1e-5,
      );
    });

    it('give a row the same result whatever rows are beside it', async () => {
      const size = { inputs: 200, outputs: 96 };
      const tensors = layer('fc', size, 5);
      const x = randomMatrix(12, size.inputs, 9);
      // Neighbours of quite other sizes: a scale that they shared would show.
      for (let i = 0; i < x.values.length; i++) x.values[i]! *= 4 ** Math.floor(i / size.inputs);
      const run = (rows: Matrix) =>
        runWeights(precision, {
          tensors,
          x: rows,
          build: (g, weights, input) => weights.linear(g, input, 'fc', size),
        });
      const together = await run(x);
      for (const row of [0, 5, 11]) {
        const alone = await run(rowOf(x, row));
        const beside = rowOf(together, row).values;
        if (precision === 'int8') expect(beside).toEqual(alone.values);
        const largest = Math.max(...alone.values.map(Math.abs));
        expect(largestDifference(beside, alone.values) / largest).toBeLessThan(
          precision === 'fp16' ? 1e-3 : 1e-6,
        );
      }
    });

    it('take rows and weights of zeros', async () => {
      const size = { inputs: 160, outputs: 40 };
      const tensors = layer('fc', size, 5);
      tensors['fc.weight']!.values.fill(0, 0, 3 * size.inputs);
      const bias = tensors['fc.bias']!.values;
      const x = randomMatrix(2, size.inputs, 4);
      x.values.fill(0, 0, size.inputs);
      const result = await runWeights(precision, {
        tensors,
        x,
        build: (g, weights, input) => weights.linear(g, input, 'fc', size),
      });
      const tolerance = precision === 'fp16' ? 2e-3 : 0;
      expect(largestDifference(rowOf(result, 0).values, bias)).toBeLessThanOrEqual(tolerance);
      const columns = rowOf(result, 1).values.slice(0, 3);
      expect(largestDifference(columns, bias)).toBeLessThanOrEqual(tolerance);
    });

    for (const width of [32, 200]) {
      it(`look tokens up in an embedding of width ${width} and multiply by it`, async () => {
        const table = { name: 'shared', tokens: 50, width };
        const values = randomMatrix(table.tokens, width, 8).values;
        const bias = randomMatrix(1, table.tokens, 2).values;
        const tensors = {
          shared: { shape: [table.tokens, width], values },
          bias: { shape: [1, table.tokens], values: bias },
        };
        const x = randomMatrix(3, width, 6);
        const ids = [
          [0, 49],
          [7, 7],
          [31, 2],
        ];
        const embedded = await runWeights(precision, {
          tensors,
          x,
          ids,
          build: (g, weights, _, tokens) => weights.embed(g, table, tokens),
        });
        const rows = ids.flat().flatMap((id) => [...values.slice(id * width, (id + 1) * width)]);
        expect(embedded.columns).toBe(width);
        expect(largestDifference(embedded.values, rows)).toBeLessThanOrEqual(EMBEDDING_TOLERANCES[precision]);
        const logits = await runWeights(precision, {
          tensors,
          x,
          build: (g, weights, input) => weights.logits(g, table, input, 'bias'),
        });
        // The embedding has 8 bits even where layers have 4.
        expect(largestDifference(logits.values, product(x, values, bias)) / Math.sqrt(width)).toBeLessThan(
          precision === 'int4' ? TOLERANCES.int8 : TOLERANCES[precision],
        );
      });
    }
  });
}
