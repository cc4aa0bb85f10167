import { type Answer, ContenderProcess } from './contender-process.ts';
import type { Contender } from './contenders.ts';
import { type Case, describeCase, makeRequest, type Request } from './workload.ts';

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

const WARM_UP_TOKENS = 10;

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
 * whatever disturbs the machine disturbs all alike. The first turn of a case is a short one that warms up and does not
 * count.
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
  const able = running.filter(({ contender }) => contender.canRun(point));
  const warmUp = makeRequest({ ...point, output: Math.min(point.output, WARM_UP_TOKENS) }, vocabulary);
  for (const entry of able) await ask(entry, warmUp);

  const request = makeRequest(point, vocabulary);
  const answers = new Map<Running, Answer[]>(able.map((entry) => [entry, []]));
  for (let run = 0; run < runs; run++) {
    for (const [entry, earlier] of answers) {
      const answer = await ask(entry, request);
      if (answer === undefined) continue;
      earlier.push(answer);
      console.error(`  ${entry.contender.name.padEnd(22)} ${answer.seconds.toFixed(2)} s`);
    }
  }
  return [...answers]
    .filter(([{ failure }]) => failure === undefined)
    .map(([{ contender }, given]) => ({
      contender: contender.name,
      point,
      seconds: given.map(({ seconds }) => seconds),
      sequences: given[0]!.sequences,
    }));
}

/** The answer; undefined where the contender fails or has failed, which ends its part and nobody else's. */
async function ask(entry: Running, request: Request): Promise<Answer | undefined> {
  if (entry.failure !== undefined) return undefined;
  try {
    return await entry.process.ask(request);
  } catch (error) {
    entry.failure = (error as Error).message;
    console.error(`  ${entry.contender.name}: ${entry.failure}`);
    return undefined;
  }
}
