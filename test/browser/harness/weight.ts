import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';

const MAX_PAGE_BYTES = 100_000;

/**
 * Expects that a page with all that it loads has at most 100 KB with gzip.
 * @param bodies of everything that it has asked for, by address
 */
export function expectLight(name: string, bodies: Map<string, Uint8Array>): void {
  const sizes = [...bodies].map(([url, body]) => [url, gzipSync(body).byteLength] as const);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  console.info(`${name}: ${(total / 1_000).toFixed(1)} KB in ${sizes.length} files`);
  expect(total, JSON.stringify(sizes)).toBeLessThan(MAX_PAGE_BYTES);
}
