import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ContenderProcess } from './contender-process.ts';
import { BENCH_STATE, inBench } from './environment.ts';
import { type Profile, readProfile, type TimeShare } from './profile.ts';
import { type Case, describeCase, makeRequest } from './workload.ts';

const SHOWN_NODES = 30;

/** Runs one case once under the runtime's profiler and prints where the time went. Profiling itself costs some. */
export async function printProfile(
  model: string,
  { name, point, threads, vocabulary }: { name: string; point: Case; threads: number; vocabulary: number },
): Promise<void> {
  const folder = await mkdtemp(join(BENCH_STATE, 'profile-'));
  try {
    const contender = await ContenderProcess.start({
      command: process.execPath,
      args: [inBench('contenders/tandem.ts'), model, String(threads), join(folder, 'run')],
    });
    const { seconds } = await contender.ask(makeRequest(point, vocabulary));
    await contender.stop();
    const [file] = await readdir(folder);
    if (file === undefined) throw new Error('The runtime wrote no profile.');
    console.log(`\n## ${name}: ${describeCase(point)} (${seconds.toFixed(2)} s with the profiler on)\n`);
    console.log(describeProfile(await readProfile(join(folder, file))));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function describeProfile({ totalMilliseconds, operators, scopes, nodes }: Profile): string {
  return [
    `${totalMilliseconds.toFixed(0)} ms within nodes`,
    table('operator', operators),
    table('scope', scopes),
    table('node', nodes.slice(0, SHOWN_NODES)),
  ].join('\n\n');
}

function table(title: string, shares: TimeShare[]): string {
  const rows = shares.map(
    ({ name, milliseconds, executions, share }) =>
      `| ${name} | ${milliseconds.toFixed(1)} | ${(100 * share).toFixed(1)} % | ${executions} |`,
  );
  return [`| ${title} | ms | share | executions |`, '|---|---:|---:|---:|', ...rows].join('\n');
}
