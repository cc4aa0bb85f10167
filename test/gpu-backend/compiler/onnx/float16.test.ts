import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFloat32 } from '../../../../gpu-backend/compiler/checkpoint/tensor-source.ts';
import { toFloat16 } from '../../../../gpu-backend/compiler/onnx/float16.ts';

const toNumbers = (halves: Uint16Array<ArrayBuffer>) => toFloat32(new Uint8Array(halves.buffer), 'F16');

describe('toFloat16', () => {
  it('gives every float16 back', () => {
    const halves = Uint16Array.from({ length: 1 << 16 }, (_, bits) => bits);
    const numbers = toNumbers(halves);
    const back = toFloat16(numbers);
    for (const [bits, number] of numbers.entries()) {
      if (Number.isNaN(number)) expect(back[bits]! & 0x7fff).toBeGreaterThan(0x7c00);
      else expect(back[bits]).toBe(bits);
    }
  });

  for (const [number, expected] of [
    [1 + 2 ** -11, 1],
    [1 + 3 * 2 ** -11, 1 + 2 ** -9],
    [2 ** -25, 0],
    [3 * 2 ** -25, 2 ** -23],
    [65519, 65504],
    [65520, Number.POSITIVE_INFINITY],
    [-1e30, Number.NEGATIVE_INFINITY],
  ] as const) {
    it(`rounds ${number} to ${expected}`, () => {
      expect([...toNumbers(toFloat16(Float32Array.of(number)))]).toEqual([expected]);
    });
  }

  it('gives the nearest, for any number', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -65000, max: 65000 }), (number) => {
        const half = toFloat16(Float32Array.of(number))[0]!;
        const error = (bits: number) => Math.abs(toNumbers(Uint16Array.of(bits))[0]! - number);
        const neighbours = [half - 1, half + 1].filter((bits) => (bits & 0x7fff) < 0x7c00 && bits >= 0);
        for (const neighbour of neighbours) expect(error(half)).toBeLessThanOrEqual(error(neighbour));
      }),
      { numRuns: 1000 },
    );
  });
});
