import { describe, expect, it } from 'vitest';
import { defaultPrecision } from '../../../../gpu-backend/compiler/weights/default-precision.ts';

describe('defaultPrecision', () => {
  for (const { target, shape, expected } of [
    { target: 'cpu', shape: [8008, 256], expected: 'fp32' },
    { target: 'cpu', shape: [280_000, 1280], expected: 'int8' },
    { target: 'cuda', shape: [8008, 256], expected: 'fp16' },
    { target: 'cuda', shape: [280_000, 1280], expected: 'fp16' },
  ] as const) {
    it(`is ${expected} for ${shape.join(' × ')} weights on ${target}`, () => {
      const tensors = new Map([['weight', { type: 'F32' as const, shape: [...shape] }]]);
      expect(defaultPrecision(target, tensors)).toBe(expected);
    });
  }
});
