import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Tier } from '../../../infra/local/tier.ts';
import { runningWith } from '../../end-to-end/processes.ts';

const TIER = fileURLToPath(new URL('../../../infra/local/tier.ts', import.meta.url));
const NOWHERE = 'http://127.0.0.1:9/';

let folder: string;
let mark: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-tier-'));
  mark = randomUUID();
});
afterEach(() => rm(folder, { recursive: true }));

const options = (program: string) => ({
  name: 'edge',
  script: ['-e', program],
  environment: { TANDEM_TEST_MARK: mark },
  workingDirectory: folder,
  logFile: join(folder, 'edge.log'),
  verbose: false,
  givesUp: /Build failed/,
});

describe('a tier', () => {
  it('is not waited for once it has given up, though it lives on', async () => {
    const tier = new Tier(options('console.log("[ERROR] Build failed"); setInterval(() => {}, 1000)'));
    const patience = { timeoutMs: 60_000, signal: new AbortController().signal };
    await expect(tier.ready(NOWHERE, patience)).rejects.toThrow(
      /^the edge cannot start\. It said: \[ERROR\] Build failed \(log: .*edge\.log\)$/,
    );
    await tier.stop();
    expect(await runningWith(mark)).toEqual([]);
  });

  it('ends with the program that started it, however that ends', async () => {
    const program = `
      import { Tier } from ${JSON.stringify(TIER)};
      new Tier(${JSON.stringify({ ...options('setInterval(() => {}, 1000)'), givesUp: undefined })});
      setTimeout(() => { throw new Error('a bug'); }, 500);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    await new Promise((resolve) => child.once('close', resolve));
    expect(said).toContain('a bug');
    await expect.poll(() => runningWith(mark)).toEqual([]);
  });

  it('does not start where it can have no log', () => {
    const unlogged = { ...options(''), logFile: join(folder, 'missing', 'edge.log') };
    expect(() => new Tier(unlogged)).toThrow(/ENOENT/);
  });
});
