import { ContenderProcess } from './contender-process.ts';
import type { Contender } from './contenders.ts';
import { type Case, describeCase, makeRequest } from './workload.ts';

export interface Measurement {
  contender: string;
  point: Case;
  /** One for each measured run, in order. */
  seconds: number[];
  /** Each row's best sequence. */
  sequences: number[][];
}

export interface ContenderFigures {
  contender: string;
  modelBytes: number;
  secondsToLoad: number;
  /** Over the whole life of its process; absent where the system does not tell. */
  peakBytes?: number;
  /** Why it was not measured, or not to the end. */
  failure?: string;
}

export interface Measured {
  measurements: Measurement[];
  contenders: ContenderFigures[];
}

/** What all of them are asked. */
export interface Workload {
  points: Case[];
  /** Measured runs of each case. */
  runs: number;
  /** Prompts are made of ids below it. */
  vocabulary: number;
}

interface Running {
  contender: Contender;
  process: ContenderProcess;
  failure?: string;
}

/**
 * Loads all contenders, each in its own process, then lets them take turns, run by run: one computes at a time, and
 * whatever disturbs the machine disturbs all alike. The first turn of a case warms up and does not count.
 */
export async function measureInTurns(contenders: Contender[], workload: Workload): Promise<Measured> {
  const figures: ContenderFigures[] = [];
  const running: Running[] = [];
  for (const contender of contenders) {
    const { name, modelBytes } = contender;
    console.error(`Loading ${name} …`);
    try {
      running.push({ contender, process: await ContenderProcess.start(contender.start) });
    } catch (error) {
      figures.push({ contender: name, modelBytes, secondsToLoad: 0, failure: (error as Error).message });
    }
  }
  const measurements: Measurement[] = [];
  for (const point of workload.points) measurements.push(...(await measureCase(running, point, workload)));
  for (const { contender, process, failure } of running) {
    const peakBytes = await process.peakBytes();
    figures.push({
      contender: contender.name,
      modelBytes: contender.modelBytes,
      secondsToLoad: process.secondsToLoad,
      ...(peakBytes !== undefined && { peakBytes }),
      ...(failure !== undefined && { failure }),
    });
    await process.stop();
  }
  return { measurements, contenders: figures };
}

/** For models of which only one fits the memory. */
export async function measureOneByOne(contenders: Contender[], workload: Workload): Promise<Measured> {
  const all: Measured = { measurements: [], contenders: [] };
  for (const contender of contenders) {
    const { measurements, contenders: figures } = await measureInTurns([contender], workload);
    all.measurements.push(...measurements);
    all.contenders.push(...figures);
  }
  return all;
}

async function measureCase(
  running: Running[],
  point: Case,
  { runs, vocabulary }: Workload,
): Promise<Measurement[]> {
  console.error(describeCase(point));
  const request = makeRequest(point, vocabulary);
  const measured = new Map<string, Measurement>();
  for (let run = 0; run <= runs; run++) {
    for (const entry of running.filter(({ contender, failure }) => !failure && contender.canRun(point))) {
      const { name } = entry.contender;
      try {
        const { seconds, sequences } = await entry.process.ask(request);
        const isWarmUp = run === 0;
        const earlier = measured.get(name)?.seconds ?? [];
        measured.set(name, {
          contender: name,
          point,
          sequences,
          seconds: isWarmUp ? [] : [...earlier, seconds],
        });
        console.error(`  ${name.padEnd(22)} ${seconds.toFixed(2)} s${isWarmUp ? ' (warm-up)' : ''}`);
      } catch (error) {
        entry.failure = (error as Error).message;
        measured.delete(name);
        console.error(`  ${name}: ${entry.failure}`);
      }
    }
  }
  return [...measured.values()];
}
