import type { Log } from '../middleware/request-log.ts';
import type { CountedRequest } from '../observability/data-point.ts';
import { describeError } from '../observability/describe-error.ts';
import type { RequestFigures } from '../observability/request-figures.ts';
import { addCount, type CounterName, type LabelsOf } from './counters.ts';
import { addTime } from './histogram.ts';
import {
  addMinutes,
  countRequest,
  type FiguresByMinute,
  isCounted,
  KEPT_MINUTES,
  MINUTE_MS,
  type MinuteFigures,
  minuteOf,
} from './minute-figures.ts';

/** Counts what this isolate does, for the console and the metrics. */
export interface LiveFigures {
  /** @param request null for a turn that is answered after its request */
  count(request: CountedRequest | null, figures: RequestFigures): void;
  add<Name extends CounterName>(counter: Name, labels: LabelsOf<Name>): void;
  /** How long a message from a channel took, from its arrival to the end of its reply's delivery. */
  timeInbound(ms: number): void;
}

interface LiveFiguresOptions {
  report: (minutes: FiguresByMinute) => Promise<void>;
  /** Milliseconds since 1970. */
  now: () => number;
  wait: (ms: number) => Promise<unknown>;
  waitUntil: (promise: Promise<unknown>) => void;
  log: Log;
  /** How long counts are gathered before they are reported. */
  gatherMs?: number;
}

/** An isolate reports so often at most, and never where nothing was asked. */
export const REPORT_MS = 5_000;
/** What objects count goes sooner: they are billed while they wait. */
export const OBJECT_REPORT_MS = 1_000;

/**
 * Isolates know of their own requests alone, and a worker cannot ask them: so each sends what it has counted to one
 * object, some seconds after the first request since the last report. A lost isolate takes seconds of counts with it.
 */
export function createLiveFigures({
  report,
  now,
  wait,
  waitUntil,
  log,
  gatherMs = REPORT_MS,
}: LiveFiguresOptions): LiveFigures {
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
      log({ event: 'figures_not_reported', cause: describeError(error) });
    }
  }

  function change(add: (minute: MinuteFigures) => void) {
    const nowMs = now();
    add(minuteOf(counted, Math.floor(nowMs / MINUTE_MS)));
    if (nowMs < reportedByMs) return;
    reportedByMs = nowMs + 2 * gatherMs;
    waitUntil(wait(gatherMs).then(send));
  }

  return {
    count(request, figures) {
      if (request === null || isCounted(request)) change((minute) => countRequest(minute, request, figures));
    },
    add: (counter, labels) => change(({ counts }) => addCount(counts, counter, labels)),
    timeInbound: (ms) => change(({ inboundMs }) => addTime(inboundMs, ms)),
  };
}

function recent(minutes: FiguresByMinute, nowMs: number): FiguresByMinute {
  const oldest = Math.floor(nowMs / MINUTE_MS) - KEPT_MINUTES;
  return Object.fromEntries(Object.entries(minutes).filter(([minute]) => Number(minute) > oldest));
}
