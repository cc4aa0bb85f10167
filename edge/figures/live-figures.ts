import type { Log } from '../middleware/request-log.ts';
import type { CountedRequest } from '../observability/data-point.ts';
import type { RequestFigures } from '../observability/request-figures.ts';
import {
  addMinutes,
  countRequest,
  type FiguresByMinute,
  isCounted,
  KEPT_MINUTES,
  MINUTE_MS,
  minuteOf,
} from './minute-figures.ts';

/** Counts what this isolate answers, for the console. */
export interface LiveFigures {
  /** @param request null for a turn that is answered after its request */
  count(request: CountedRequest | null, figures: RequestFigures): void;
}

interface LiveFiguresOptions {
  report: (minutes: FiguresByMinute) => Promise<void>;
  /** Milliseconds since 1970. */
  now: () => number;
  wait: (ms: number) => Promise<unknown>;
  waitUntil: (promise: Promise<unknown>) => void;
  log: Log;
}

/** An isolate reports so often at most, and never where nothing was asked. */
export const REPORT_MS = 5_000;

/**
 * Isolates know of their own requests alone, and a worker cannot ask them: so each sends what it has counted to one
 * object, some seconds after the first request since the last report. A lost isolate takes seconds of counts with it.
 */
export function createLiveFigures({ report, now, wait, waitUntil, log }: LiveFiguresOptions): LiveFigures {
  let counted: FiguresByMinute = {};
  /** A report whose request's context has ended never comes: past this it is not waited for. */
  let reportedByMs = 0;

  async function send() {
    const sent = counted;
    counted = {};
    reportedByMs = 0;
    try {
      await report(sent);
    } catch (error) {
      // They go with the next report, unless nobody would show them any more.
      addMinutes(counted, recent(sent, now()));
      log({ event: 'figures_not_reported', cause: String(error) });
    }
  }

  return {
    count(request, figures) {
      if (request !== null && !isCounted(request)) return;
      const nowMs = now();
      countRequest(minuteOf(counted, Math.floor(nowMs / MINUTE_MS)), request, figures);
      if (nowMs < reportedByMs) return;
      reportedByMs = nowMs + 2 * REPORT_MS;
      waitUntil(wait(REPORT_MS).then(send));
    },
  };
}

function recent(minutes: FiguresByMinute, nowMs: number): FiguresByMinute {
  const oldest = Math.floor(nowMs / MINUTE_MS) - KEPT_MINUTES;
  return Object.fromEntries(Object.entries(minutes).filter(([minute]) => Number(minute) > oldest));
}
