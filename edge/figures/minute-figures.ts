import type { CountedRequest } from '../observability/data-point.ts';
import type { RequestFigures } from '../observability/request-figures.ts';
import { addHistogram, addTime, type Histogram } from './histogram.ts';

/** What was asked within one minute. */
export interface MinuteFigures {
  /** By method and pattern: "POST /v1/chat/completions". */
  routes: Record<string, RouteFigures>;
  /** How long backends took. */
  modelMs: Histogram;
  /** Of prompts and replies. */
  tokens: number;
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

export function isCounted({ route }: Pick<CountedRequest, 'route'>): boolean {
  return COUNTED.test(route);
}

/** @param request null for a turn that is answered after its request */
export function countRequest(
  figures: MinuteFigures,
  request: CountedRequest | null,
  { backend, tokens }: Pick<RequestFigures, 'backend' | 'tokens'>,
): void {
  if (request !== null) {
    const method = METHODS.has(request.method) ? request.method : 'OTHER';
    const route = routeOf(figures, `${method} ${request.route}`);
    route.statuses[request.status] = (route.statuses[request.status] ?? 0) + 1;
    addTime(route.ms, request.ms);
  }
  if (backend !== null) addTime(figures.modelMs, backend.totalMs);
  figures.tokens += tokens;
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
}

export function minuteOf(figures: FiguresByMinute, minute: number): MinuteFigures {
  figures[minute] ??= noFigures();
  return figures[minute];
}

export function noFigures(): MinuteFigures {
  return { routes: {}, modelMs: {}, tokens: 0 };
}

function routeOf(figures: MinuteFigures, name: string): RouteFigures {
  figures.routes[name] ??= { statuses: {}, ms: {} };
  return figures.routes[name];
}
