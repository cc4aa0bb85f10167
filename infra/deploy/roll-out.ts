import type { Verdict } from './watch.ts';
import type { Traffic } from './worker-state.ts';

/** Of a hundred requests, how many a new version gets at each stage. At none it is asked by us alone. */
export const STAGES = [0, 10, 50, 100];

export interface RollOut {
  /** What answers all requests before, and again if the next is not well. */
  stable: string;
  next: string;
}

export interface RollOutTools {
  /** @throws {Error} where it could not be done; how things are is not known then */
  setTraffic: (traffic: Traffic) => Promise<void>;
  /** @throws whoever interrupts it */
  watch: (percentage: number) => Promise<Verdict>;
  tell: (line: string) => void;
}

export type Outcome =
  | { kind: 'deployed' }
  | { kind: 'rolled back'; why: string }
  /** Neither went on nor back: somebody has to look. */
  | { kind: 'stuck'; why: string };

/**
 * Gives a new version more and more requests, as long as it is well, and none where it is not.
 * @throws what interrupts it; requests are shared then as was told last
 */
export async function rollOut(versions: RollOut, tools: RollOutTools): Promise<Outcome> {
  for (const percentage of STAGES) {
    const why = await stageFailure(versions, percentage, tools);
    if (why !== undefined) return takeBack(versions, why, tools);
  }
  return { kind: 'deployed' };
}

/** Why a stage failed; undefined where the next may come. */
async function stageFailure(
  { stable, next }: RollOut,
  percentage: number,
  { setTraffic, watch, tell }: RollOutTools,
): Promise<string | undefined> {
  const failure = await setTraffic(share(next, stable, percentage)).catch((error: Error) => error);
  if (failure !== undefined) return failure.message;
  tell(
    percentage === 0
      ? `Version ${next} is deployed without requests, to be tried.`
      : `Version ${next} gets ${percentage} % of all requests.`,
  );
  const verdict = await watch(percentage);
  if (verdict.kind === 'unwell') return verdict.why;
  if (verdict.kind === 'unknown') tell(`It could not be watched by itself: ${verdict.why}.`);
  else tell('  It is well.');
  return undefined;
}

/** Gives all requests back to the version from before. */
export async function takeBack(
  { stable, next }: RollOut,
  why: string,
  { setTraffic, tell }: Pick<RollOutTools, 'setTraffic' | 'tell'>,
): Promise<Outcome> {
  tell(`Version ${next} is not well: ${why}.`);
  const failure = await setTraffic([{ version_id: stable, percentage: 100 }]).catch((error: Error) => error);
  if (failure !== undefined)
    return { kind: 'stuck', why: `${why}; and the way back failed: ${failure.message}` };
  tell(`Version ${stable} answers all requests again.`);
  return { kind: 'rolled back', why };
}

function share(next: string, stable: string, percentage: number): Traffic {
  const rest = [{ version_id: stable, percentage: 100 - percentage }];
  return [{ version_id: next, percentage }, ...(percentage === 100 ? [] : rest)];
}
