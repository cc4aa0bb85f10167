import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, bundleWorker } from '../bench/edge/bundle.ts';
import { TARGETS } from '../bench/edge/report.ts';

let folder: string;
let bundle: Bundle;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-bundle-'));
  bundle = await bundleWorker(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the worker as it is deployed', () => {
  it('stays small', () => {
    expect(bundle.gzipBytes).toBeLessThan(TARGETS.gzipBytes);
  });

  it('needs nothing of Node', () => {
    const script = bundle.modules.find(({ name }) => name === 'worker.js')!;
    expect(script.contents).not.toMatch(/from\s*["']node:|require\(["']node:/);
  });
});
