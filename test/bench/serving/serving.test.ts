import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inBench } from '../environment.ts';
import { runCommand } from '../run-command.ts';
import type { ServingResults } from './results.ts';

// Whether it works, not how fast the server is: a machine that runs tests is no quiet one. So points are short, also those that would last
// until a queue is full, and what they count is not looked at but where the bench itself waits until there is an answer.
it('measures the real server in every section', { timeout: 300_000 }, async () => {
  const home = await mkdtemp(join(tmpdir(), 'tandem-serving-'));
  try {
    const small = [
      '--quick',
      '--seconds',
      '0.3',
      '--max-seconds',
      '1',
      '--runs',
      '2',
      '--memory-requests',
      '100',
      '--threads',
      '1',
    ];
    await runCommand(process.execPath, [inBench('serving.ts'), ...small, '--out', join(home, 'out')], {
      env: { TANDEM_HOME: home },
    });
    const files = await readdir(join(home, 'out'));
    const read = async (section: string) =>
      JSON.parse(await readFile(join(home, 'out', `serving-${section}.json`), 'utf8')) as ServingResults;
    expect(files.filter((file) => file.endsWith('.svg'))).toHaveLength(4);
    const overhead = await read('overhead');
    expect(overhead.section).toMatchObject({ name: 'overhead', models: [{ model: 'embedded', pairs: 2 }] });
    const memory = await read('memory');
    if (memory.section.name !== 'memory') throw new Error('another section');
    const samples = memory.section.models[0]!.samples;
    expect(samples.at(-1)!.requests).toBe(100);
    for (const { server, workers } of samples) expect(Math.min(server, workers)).toBeGreaterThan(1e7);
    const load = await read('load');
    if (load.section.name !== 'load') throw new Error('another section');
    expect(load.section.models[0]!.capacity).toBeGreaterThan(0);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
