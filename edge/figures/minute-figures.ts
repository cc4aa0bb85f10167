import type { RatedReply, ReplyFigures } from '../backends/backend.ts';
import { addCount, addCounts, type Counts } from './counters.ts';
import { addModels, countModels, type FiguresByModel } from './model-figures.ts';
import { addHistogram, addTime, type Histogram } from './histogram.ts';

/** What was asked within one minute. */
export interface MinuteFigures {
  /** By method and pattern: "POST /v1/chat/completions". */
  routes: Record<string, RouteFigures>;
  /** How long backends took. */
  modelMs: Histogram;
  /** Of prompts and replies. */
  tokens: number;
  counts: Counts;
  models: FiguresByModel;
  /** How long messages from channels took, from their arrival to the end of their reply's delivery. */
  inboundMs: Histogram;
}

/** What is counted of a request, as far as it is told apart here. */
interface Asked {
  /** The pattern, not the address. */
  route: string;
  method: string;
  status: number;
  ms: number;
}

/** What happened while it was answered. */
interface Happened {
  backend: { totalMs: number } | null;
  tokens: number;
  safety: { message: boolean; replies: number };
  calls: {
    model: string;
    outcome: string;
    asked: { backend: string; outcome: string; ejected: boolean }[];
  }[];
  replies: ReplyFigures[];
  feedback: RatedReply | null;
}

export interface RouteFigures {
  statuses: Record<string, number>;
  ms: Histogram;
}

/** Minutes since 1970, each with what was asked in it. */
export type FiguresByMinute = Record<number, MinuteFigures>;

export const MINUTE_MS = 60_000;
/** How many minutes are kept. */
export const KEPT_MINUTES = 60;

/** The API's own. The console's requests, which ask for the figures, and those of who watches the health would hide the others. */
const COUNTED = /^\/(v1|models|webhooks)\//;
/** Others a client makes up, as many as it likes. */
const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);

export function isCounted({ route }: Pick<Asked, 'route'>): boolean {
  return COUNTED.test(route);
}

/** @param request null for a turn that is answered after its request */
export function countRequest(
  figures: MinuteFigures,
  request: Asked | null,
  { backend, tokens, safety, calls, replies, feedback }: Happened,
): void {
  if (request !== null) {
    const method = METHODS.has(request.method) ? request.method : 'OTHER';
    const route = routeOf(figures, `${method} ${request.route}`);
    route.statuses[request.status] = (route.statuses[request.status] ?? 0) + 1;
    // A refusal's time says nothing of how long people wait for what they get.
    if (request.status < 400 || request.status >= 500) addTime(route.ms, request.ms);
  }
  if (backend !== null) addTime(figures.modelMs, backend.totalMs);
  figures.tokens += tokens;
  if (safety.message) addCount(figures.counts, 'flagged', { part: 'message' });
  for (let flagged = 0; flagged < safety.replies; flagged++)
    addCount(figures.counts, 'flagged', { part: 'reply' });
  for (const { model, outcome, asked } of calls) {
    addCount(figures.counts, 'replies', { model, outcome });
    for (const { backend: name, outcome: end, ejected } of asked) {
      addCount(figures.counts, 'backend_attempts', { backend: name, outcome: end });
      if (ejected) addCount(figures.counts, 'backend_ejections', { backend: name });
    }
  }
  countModels(figures.models, { replies, feedback });
}

/** Adds what others have counted. */
export function addMinutes(sum: FiguresByMinute, added: FiguresByMinute): void {
  for (const [minute, figures] of Object.entries(added)) addFigures(minuteOf(sum, Number(minute)), figures);
}

export function addFigures(sum: MinuteFigures, added: MinuteFigures): void {
  for (const [name, { statuses, ms }] of Object.entries(added.routes)) {
    const route = routeOf(sum, name);
    for (const [status, count] of Object.entries(statuses))
      route.statuses[status] = (route.statuses[status] ?? 0) + count;
    addHistogram(route.ms, ms);
  }
  addHistogram(sum.modelMs, added.modelMs);
  sum.tokens += added.tokens;
  addCounts(sum.counts, added.counts);
  addHistogram(sum.inboundMs, added.inboundMs);
  addModels(sum.models, added.models);
}

export function minuteOf(figures: FiguresByMinute, minute: number): MinuteFigures {
  figures[minute] ??= noFigures();
  return figures[minute];
}

export function noFigures(): MinuteFigures {
  return { routes: {}, modelMs: {}, tokens: 0, counts: {}, inboundMs: {}, models: {} };
}

function routeOf(figures: MinuteFigures, name: string): RouteFigures {
  figures.routes[name] ??= { statuses: {}, ms: {} };
  return figures.routes[name];
}
