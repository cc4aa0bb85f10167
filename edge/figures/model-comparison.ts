import { quantile } from './histogram.ts';
import { addModels, type FiguresByModel, type ModelFigures } from './model-figures.ts';
import { type EstimatedPart, partDifference, wilsonInterval } from './wilson.ts';

/** Days since 1970, by UTC, each with what models did in it. */
export type ModelsByDay = Record<number, FiguresByModel>;

export const DAY_MS = 86_400_000;
/** How many days are kept. */
export const KEPT_DAYS = 30;

interface ComparisonOptions {
  /** How many days back, today's included. */
  days: number;
  nowMs: number;
  served: string;
  /** Null where there is none. */
  candidate: string | null;
}

/**
 * What models did and what people thought of them, as the admin API shows it; and whether a candidate is rated better than
 * the model that is served, or whether that may be chance.
 */
export function compareModels(byDay: ModelsByDay, { days, nowMs, served, candidate }: ComparisonOptions) {
  const oldest = Math.floor(nowMs / DAY_MS) - days + 1;
  // Also those of which there is nothing yet.
  const total: FiguresByModel = {};
  for (const [day, models] of Object.entries(byDay)) if (Number(day) >= oldest) addModels(total, models);
  const role = (name: string) =>
    name === served ? ('served' as const) : name === candidate ? ('candidate' as const) : ('former' as const);
  const names = new Set([served, ...(candidate === null ? [] : [candidate]), ...Object.keys(total)]);
  const data = [...names].map((name) => publicModelFigures({ name, role: role(name) }, total[name]));
  const rated = (name: string | null) => data.find(({ model }) => model === name)?.approval ?? null;
  return {
    object: 'model.comparison' as const,
    as_of: Math.floor(nowMs / 1_000),
    days,
    verdict: verdictOn(rated(candidate), rated(served)),
    data,
  };
}

export type ModelComparison = ReturnType<typeof compareModels>;

function publicModelFigures(
  { name, role }: { name: string; role: 'served' | 'candidate' | 'former' },
  figures: ModelFigures = { replies: 0, ms: {}, flagged: 0, fallbacks: 0, up: 0, down: 0 },
) {
  const { replies, ms, flagged, fallbacks } = figures;
  // Who changes their mind days later takes away what was counted before these days.
  const [up, down] = [Math.max(0, figures.up), Math.max(0, figures.down)];
  const part = (count: number, whole: number) => (whole === 0 ? null : rounded(count / whole));
  const time = (share: number) => {
    const found = quantile(ms, share);
    return found === null ? null : rounded(found);
  };
  return {
    object: 'model.figures' as const,
    model: name,
    role,
    replies,
    reply_ms: { p50: time(0.5), p95: time(0.95) },
    flagged_share: part(flagged, replies),
    fallback_share: part(fallbacks, replies + fallbacks),
    up,
    down,
    approval: publicPart(wilsonInterval(up, up + down)),
  };
}

/** Undecided as long as the interval of the difference has zero in it. */
function verdictOn(candidate: EstimatedPart | null, served: EstimatedPart | null) {
  if (candidate === null || served === null) return { outcome: 'undecided' as const, difference: null };
  const difference = partDifference(candidate, served);
  const outcome =
    difference.low > 0
      ? ('better' as const)
      : difference.high < 0
        ? ('worse' as const)
        : ('undecided' as const);
  return { outcome, difference: publicPart(difference) };
}

function publicPart(part: EstimatedPart | null): EstimatedPart | null {
  return part && { value: rounded(part.value), low: rounded(part.low), high: rounded(part.high) };
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
