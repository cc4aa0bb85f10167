import { countedSince, moreErrors, readFigures } from './error-rate.ts';
import { type EdgeUnderWatch, type Probe, probeHealth, probeStores } from './health.ts';

/** What a stage of a deployment is watched for. */
export interface Stage {
  versionId: string;
  /** Before a first answer: a new address takes time to be known everywhere. */
  patienceMs: number;
  watchMs: number;
}

export type Verdict = { kind: 'well' } | { kind: 'unwell'; why: string } | { kind: 'unknown'; why: string };

export interface WatchTools {
  /** Milliseconds since 1970. */
  now: () => number;
  /** @throws the reason of whoever interrupts it */
  wait: (ms: number) => Promise<unknown>;
}

const PROBE_INTERVAL_MS = 5_000;
const PROBES = 4;
/** One lost connection says nothing of a version. */
const MOST_FAILURES = 2;

/**
 * Watches a version until its time is over, or it is certainly not well.
 *
 * Answers of another version are not counted: a deployment is known everywhere within seconds, and until then requests that ask
 * for the version may still reach the other one. Where none ever comes from it, nothing is known; a version with all
 * requests, or whose requests cannot be chosen, is judged by whatever answers.
 */
export async function watch(edge: EdgeUnderWatch, stage: Stage, { now, wait }: WatchTools): Promise<Verdict> {
  const { versionId, patienceMs, watchMs } = stage;
  const interval = Math.min(PROBE_INTERVAL_MS, watchMs / PROBES);
  const startMs = now();
  const figuresBefore = await readFigures(edge);
  let firstMs: number | undefined;
  let failures = 0;
  let last: Probe | undefined;
  while (now() < (firstMs === undefined ? startMs + patienceMs : firstMs + watchMs)) {
    const probe = await probeHealth(edge, versionId);
    last = probe;
    const isIts = probe.versionId === versionId;
    if (probe.trouble === undefined && isIts) {
      if (firstMs === undefined) {
        firstMs = now();
        const stores = await probeStores(edge, versionId);
        if (stores !== 'cannot ask' && stores.trouble !== undefined) return unwell(stores.trouble);
      }
      failures = 0;
    } else if (probe.trouble !== undefined && (isIts || firstMs !== undefined)) {
      failures += 1;
      if (failures >= MOST_FAILURES) return unwell(probe.trouble);
    }
    const figures = figuresBefore && (await readFigures(edge));
    const errors = figures && moreErrors(countedSince(figuresBefore, figures));
    if (errors !== undefined) return unwell(errors);
    await wait(interval);
  }
  if (firstMs !== undefined) return { kind: 'well' };
  if (last?.trouble !== undefined) return unwell(last.trouble);
  return { kind: 'unknown', why: `none of the requests that asked for version ${versionId} reached it` };
}

function unwell(why: string): Verdict {
  return { kind: 'unwell', why };
}
