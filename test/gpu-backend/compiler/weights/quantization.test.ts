import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantizeBlocks } from '../../../../gpu-backend/compiler/weights/quantize-blocks.ts';
import { quantizeRows } from '../../../../gpu-backend/compiler/weights/quantize-rows.ts';
import { randomMatrix } from './run-weights.ts';

// Numbers so small that a scale for them is none are as good as 0.
const float = fc
  .float({ noNaN: true, min: -1048576, max: 1048576 })
  .map((x) => (Math.abs(x) < 1e-30 ? 0 : x));
const matrix = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 70 }))
  .chain(([rows, columns]) =>
    fc
      .array(float, { minLength: rows * columns, maxLength: rows * columns })
      .map((values) => ({ rows, columns, values: Float32Array.from(values) })),
  );

describe('quantizeRows', () => {
  it('gives each row the scale that its largest value needs', () => {
    const { integers, scales } = quantizeRows(Float32Array.of(1, -0.5, 0.25, 0, 128, -128), 2);
    expect([...integers]).toEqual([64, -32, 16, 0, 64, -64]);
    expect([...scales]).toEqual([1 / 64, 2]);
  });

  it('keeps a row of zeros, of which nothing follows for the others', () => {
    const { integers, scales } = quantizeRows(Float32Array.of(0, 0, 3, 3), 2);
    expect([...integers]).toEqual([0, 0, 64, 64]);
    expect(scales[0]).toBe(0);
  });

  it('moves no value by more than half a scale, and keeps to −64 … 64', () => {
    fc.assert(
      fc.property(matrix, ({ rows, columns, values }) => {
        const { integers, scales } = quantizeRows(values, rows);
        values.forEach((value, i) => {
          const scale = scales[Math.floor(i / columns)]!;
          expect(Math.abs(integers[i]!)).toBeLessThanOrEqual(64);
          expect(Math.abs(integers[i]! * scale - value)).toBeLessThanOrEqual(scale * 0.5001);
        });
      }),
    );
  });
});

/** What the blocks stand for, row by row without the filling of the last block. */
function restore(
  { bytes, scales }: ReturnType<typeof quantizeBlocks>,
  { rows, columns, bits, block }: { rows: number; columns: number; bits: 4 | 8; block: number },
): number[] {
  const blocks = Math.ceil(columns / block);
  const integer = (index: number) =>
    bits === 8 ? bytes[index]! - 128 : ((bytes[index >> 1]! >> (4 * (index & 1))) & 15) - 8;
  return Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const at = row * blocks + Math.floor(column / block);
    return integer(at * block + (column % block)) * scales[at]!;
  });
}

describe('quantizeBlocks', () => {
  it('puts the first of two integers into the low half of a byte, and 8 for zero', () => {
    const values = Float32Array.of(-8, 1, 2, 7, 0, 0);
    const { bytes, scales } = quantizeBlocks(values, 1, { bits: 4, block: 8 });
    expect([...bytes]).toEqual([0x90, 0xfa, 0x88, 0x88]);
    expect([...scales]).toEqual([1]);
  });

  it('keeps blocks of zeros and fills up the last one', () => {
    const { bytes, scales } = quantizeBlocks(new Float32Array(20), 1, { bits: 8, block: 16 });
    expect([...bytes]).toEqual(new Array(32).fill(128));
    expect([...scales]).toEqual([0, 0]);
  });

  it('gives constant rows back', () => {
    for (const bits of [4, 8] as const) {
      const size = { rows: 1, columns: 100, bits, block: 32 };
      const restored = restore(quantizeBlocks(new Float32Array(100).fill(-0.3), 1, size), size);
      for (const value of restored) expect(value).toBeCloseTo(-0.3, 6);
    }
  });

  it('has no larger squared error than rounding to the nearest of the range', () => {
    fc.assert(
      fc.property(matrix, fc.constantFrom(4 as const, 8 as const), ({ rows, columns, values }, bits) => {
        const size = { rows, columns, bits, block: 16 };
        const restored = restore(quantizeBlocks(values, rows, size), size);
        for (let start = 0; start < columns; start += size.block) {
          const block = values.subarray(start, Math.min(start + size.block, columns));
          const extreme = block.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
          const scale = bits === 8 ? Math.abs(extreme) / 127 : extreme / -8;
          const [low, high] = bits === 8 ? [-127, 127] : [-8, 7];
          const nearest = block.map((value) =>
            scale === 0 ? 0 : scale * Math.min(high, Math.max(low, Math.floor(value / scale + 0.5))),
          );
          const error = (given: ArrayLike<number>) =>
            block.reduce((sum, value, i) => sum + (value - given[i]!) ** 2, 0);
          const largest = Math.abs(extreme) ** 2 * block.length;
          expect(error(restored.slice(start, start + block.length))).toBeLessThanOrEqual(
            error(nearest) * (1 + 1e-4) + largest * 1e-9,
          );
        }
      }),
    );
  });

  it('loses little of normally distributed weights', () => {
    const { values } = randomMatrix(8, 512, 3);
    const lost = (bits: 4 | 8, block: number) => {
      const size = { rows: 8, columns: 512, bits, block };
      const restored = restore(quantizeBlocks(values, 8, size), size);
      const squares = (of: (i: number) => number) => values.reduce((sum, _, i) => sum + of(i) ** 2, 0);
      return Math.sqrt(squares((i) => values[i]! - restored[i]!) / squares((i) => values[i]!));
    };
    expect(lost(8, 128)).toBeLessThan(0.008);
    expect(lost(4, 32)).toBeLessThan(0.09);
    expect(lost(4, 128)).toBeLessThan(0.12);
  });
});
