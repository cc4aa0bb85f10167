import { describe, expect, it } from 'vitest';
import type { Value } from '../../../../gpu-backend/compiler/onnx/graph.ts';
import type { GraphBuilder } from '../../../../gpu-backend/compiler/onnx/graph-builder.ts';
import { type Feed, float, type Inputs, type Nested, runGraph } from '../run-graph.ts';

const operators: {
  name: string;
  feeds: Record<string, Feed>;
  build: (g: GraphBuilder, inputs: Inputs) => Value;
  expected: Nested;
}[] = [
  {
    name: 'divides integers towards zero',
    feeds: { a: [7, 8, 9] },
    build: (g, { int }) => g.div(int('a'), g.int(4)),
    expected: [1, 2, 2],
  },
  {
    name: 'takes the remainder',
    feeds: { a: [7, 8, 9] },
    build: (g, { int }) => g.mod(int('a'), g.int(4)),
    expected: [3, 0, 1],
  },
  {
    name: 'multiplies by a transposed matrix and adds',
    feeds: {
      a: float([[1, 2]]),
      b: float([
        [3, 4],
        [5, 6],
      ]),
      c: float([[10, 20]]),
    },
    build: (g, { float }) => g.gemmTransposed(float('a'), float('b'), float('c')),
    expected: [[21, 37]],
  },
  {
    name: 'gives the size of one dimension',
    feeds: { a: [[1, 2, 3]] },
    build: (g, { int }) => g.concat([g.size(int('a'), 1), g.size(int('a'), -1), g.size(int('a'), 0)], 0),
    expected: [3, 3, 1],
  },
  {
    name: 'picks columns of each row',
    feeds: {
      a: [
        [1, 2, 3],
        [4, 5, 6],
      ],
      i: [
        [2, 0],
        [1, 1],
      ],
    },
    build: (g, { int }) => g.gatherColumns(int('a'), int('i')),
    expected: [
      [3, 1],
      [5, 5],
    ],
  },
  {
    name: 'picks whole rows within each element of the batch',
    feeds: {
      a: [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ],
      i: [
        [1, 1, 0],
        [0, 0, 1],
      ],
    },
    build: (g, { int }) => g.gatherWithinBatch(int('a'), int('i')),
    expected: [
      [
        [3, 4],
        [3, 4],
        [1, 2],
      ],
      [
        [5, 6],
        [5, 6],
        [7, 8],
      ],
    ],
  },
  {
    name: 'keeps the smallest of what is scattered to one place',
    feeds: { a: float([[5, 5, 5]]), i: [[0, 0, 2]], u: float([[9, 1, 7]]) },
    build: (g, { int, float }) => g.scatterColumnsMin(float('a'), int('i'), float('u')),
    expected: [[1, 5, 5]],
  },
  {
    name: 'reduces booleans',
    feeds: {
      a: [
        [true, false],
        [false, false],
      ],
    },
    build: (g, { bool }) => g.concat([g.any(bool('a'), 1), g.all(bool('a'), 0)], 0),
    expected: [true, false, false, false],
  },
  {
    name: 'cuts by bounds known at run time',
    feeds: { a: [[1, 2, 3, 4]], end: [3] },
    build: (g, { int }) => g.slice(int('a'), 1, g.ints(1), int('end')),
    expected: [[2, 3]],
  },
];

describe('GraphBuilder', () => {
  for (const { name, feeds, build, expected } of operators) {
    it(name, async () => {
      const { out } = await runGraph(feeds, (g, inputs) => ({ out: build(g, inputs) }));
      expect(out).toEqual(expected);
    });
  }

  it('runs only the branch that the condition takes', async () => {
    const choose = (take: boolean) =>
      runGraph({ take, a: float([1, 2]) }, (g, { bool, float }) => ({
        out: g.ifElse(
          bool('take'),
          () => float('a'),
          (branch) => branch.mul(float('a'), branch.float(10)),
        ),
      }));
    expect((await choose(true))['out']).toEqual([1, 2]);
    expect((await choose(false))['out']).toEqual([10, 20]);
  });

  it('carries state whose shape grows from step to step of a loop', async () => {
    const { out, last } = await runGraph({ start: [[1, 1]] }, (g, { int }) => {
      const { series, count } = g.loop({
        maxTrips: g.int(100),
        condition: g.bool(true),
        state: { series: { numbers: int('start') }, count: { steps: g.int(0) } },
        body: (b, { series: { numbers }, count: { steps } }) => {
          const end = b.size(numbers, 1);
          const lastTwo = b.slice(numbers, 1, b.sub(end, b.ints(2)), end);
          const sum = b.add(b.gather(lastTwo, b.ints(0), 1), b.gather(lastTwo, b.ints(1), 1));
          const next = b.add(steps, b.int(1));
          return {
            condition: b.less(next, b.int(5)),
            state: { series: { numbers: b.concat([numbers, sum], 1) }, count: { steps: next } },
          };
        },
      });
      return { out: series.numbers, last: count.steps };
    });
    expect(out).toEqual([[1, 1, 2, 3, 5, 8, 13]]);
    expect(last).toBe(5);
  });
});
