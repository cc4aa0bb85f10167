/** Charts are drawn in a box of so many units, which the page stretches. */
export const CHART_WIDTH = 600;
export const CHART_HEIGHT = 100;

/** The least of 1, 2 or 5 times a power of ten that is not below a value: a scale's end that people read at once. */
export function niceMaximum(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((end) => end >= value * (1 - 1e-9))!;
}

export interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
}

const GAP = 2;

/** Bars above each other, one pile for each place: `series[0]` at the bottom. Shape: [series][place]. */
export function stackBars(series: number[][], maximum: number): Bar[][] {
  const places = series[0]!.length;
  const step = CHART_WIDTH / places;
  const tops = new Array<number>(places).fill(0);
  return series.map((values) =>
    values.map((value, place) => {
      const height = (value / maximum) * CHART_HEIGHT;
      const top = (tops[place] ?? 0) + height;
      tops[place] = top;
      return { x: place * step + GAP / 2, y: CHART_HEIGHT - top, width: step - GAP, height };
    }),
  );
}

/** A line through the middle of each place, interrupted where there is no value; a value alone is a short stroke. */
export function linePath(values: (number | null)[], maximum: number): string {
  const step = CHART_WIDTH / values.length;
  return values
    .flatMap((value, place) => {
      if (value === null) return [];
      const y = round(CHART_HEIGHT * (1 - value / maximum));
      const isFirst = place === 0 || values[place - 1] === null;
      const isLast = values[place + 1] == null;
      if (isFirst && isLast) return [`M${round(place * step)} ${y}H${round((place + 1) * step)}`];
      return [`${isFirst ? 'M' : 'L'}${round((place + 0.5) * step)} ${y}`];
    })
    .join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
