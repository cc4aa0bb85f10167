import { addHistogram, type Histogram, quantile } from './histogram.ts';
import {
  addFigures,
  type FiguresByMinute,
  KEPT_MINUTES,
  MINUTE_MS,
  type MinuteFigures,
  noFigures,
  type RouteFigures,
} from './minute-figures.ts';

/** The last hour as the admin API shows it: each of its minutes, the oldest first, the routes and all of it. */
export function publicFigures(byMinute: FiguresByMinute, nowMs: number) {
  const newest = Math.floor(nowMs / MINUTE_MS);
  const minutes = Array.from({ length: KEPT_MINUTES }, (_, index) => newest - KEPT_MINUTES + 1 + index);
  const total = noFigures();
  for (const minute of minutes) addFigures(total, byMinute[minute] ?? noFigures());
  const routes = Object.entries(total.routes).map(([name, route]) => publicRoute(name, route));
  return {
    object: 'figures' as const,
    as_of: Math.floor(nowMs / 1_000),
    total: publicMinute(total),
    minutes: minutes.map((minute) => ({
      at: (minute * MINUTE_MS) / 1_000,
      ...publicMinute(byMinute[minute] ?? noFigures()),
    })),
    routes: routes.toSorted((one, other) => other.requests - one.requests),
  };
}

export type PublicFigures = ReturnType<typeof publicFigures>;

function publicMinute({ routes, modelMs, tokens }: MinuteFigures) {
  const all = Object.values(routes);
  const ms: Histogram = {};
  for (const route of all) addHistogram(ms, route.ms);
  const count = (wanted: (status: number) => boolean) =>
    all.reduce((sum, route) => sum + countStatuses(route, wanted), 0);
  return {
    requests: count(() => true),
    client_errors: count((status) => status >= 400 && status < 500),
    server_errors: count((status) => status >= 500),
    tokens,
    request_ms: publicTimes(ms),
    model_ms: publicTimes(modelMs),
  };
}

function publicRoute(name: string, route: RouteFigures) {
  const [method, pattern] = name.split(' ') as [string, string];
  return {
    method,
    route: pattern,
    requests: countStatuses(route, () => true),
    statuses: route.statuses,
    request_ms: publicTimes(route.ms),
  };
}

/** In milliseconds; null where nothing was timed. */
function publicTimes(times: Histogram) {
  const rounded = (part: number) => {
    const ms = quantile(times, part);
    return ms === null ? null : Number(ms.toPrecision(3));
  };
  return { p50: rounded(0.5), p95: rounded(0.95), p99: rounded(0.99) };
}

function countStatuses({ statuses }: RouteFigures, wanted: (status: number) => boolean): number {
  const found = Object.entries(statuses).filter(([status]) => wanted(Number(status)));
  return found.reduce((sum, [, count]) => sum + count, 0);
}
