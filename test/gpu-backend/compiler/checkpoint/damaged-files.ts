import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { CheckpointError } from '../../../../gpu-backend/compiler/checkpoint/checkpoint-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const damage = fc.oneof(
  fc.record({
    kind: fc.constant('flip' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bit: fc.nat(7),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({
    kind: fc.constant('lie' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.constantFrom(
      [0xff, 0xff, 0xff, 0xff],
      [0xff, 0xff, 0xff, 0x7f],
      [0, 0, 0, 0x40, 0, 0, 0, 0],
      [0, 0, 0, 0],
    ),
  }),
);

function apply(
  original: Buffer,
  damages: (typeof damage extends fc.Arbitrary<infer T> ? T : never)[],
): Buffer {
  let bytes = Buffer.from(original);
  for (const change of damages) {
    const at = Math.floor(change.at * bytes.length);
    if (at >= bytes.length) continue;
    if (change.kind === 'flip') bytes[at]! ^= 1 << change.bit;
    else if (change.kind === 'cut') bytes = bytes.subarray(0, at);
    else bytes.set(change.bytes.slice(0, bytes.length - at), at);
  }
  return bytes;
}

/**
 * Opens a file with flipped bits, cuts and lying lengths, some hundred times. Each is read, or refused with a
 * CheckpointError; none makes this process grow by much more than the file.
 */
export async function eachDamaged(path: string, open: (path: string) => Promise<void>): Promise<void> {
  const original = await readFile(path);
  const copy = join(await temporaryFolder(), basename(path));
  const before = process.resourceUsage().maxRSS;
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
      await writeFile(copy, apply(original, damages));
      const failure = await open(copy).catch((error: unknown) => error);
      if (failure === undefined) return;
      expect(failure).toBeInstanceOf(CheckpointError);
      expect((failure as Error).message).toMatch(
        new RegExp(`^${basename(path).replaceAll('.', '\\.')}: [^\n]+$`),
      );
    }),
    { numRuns: 400 },
  );
  // Kilobytes, at their highest.
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(300_000);
}
