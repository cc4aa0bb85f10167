import type { Case } from '../workload.ts';
import type { Comparison } from './results.ts';
import { round, svgDocument, text } from './svg.ts';

const PANEL = { width: 200, height: 190 };
const PLOT = { left: 40, top: 34, width: 135, height: 115 };

const AXES: { axis: keyof Case; name: string }[] = [
  { axis: 'rows', name: 'rows' },
  { axis: 'beams', name: 'beams' },
  { axis: 'input', name: 'tokens in' },
  { axis: 'output', name: 'tokens out' },
];

/** Seconds of a run over rows, beams, input and output, each around `base`. */
export function growthChart(title: string, comparisons: Comparison[], base: Case): string {
  const panels = AXES.map(({ axis, name }, index) => {
    const points = alongAxis(comparisons, base, axis);
    return `<g transform="translate(${index * PANEL.width} 0)">\n${panel(name, points).join('\n')}\n</g>`;
  });
  return svgDocument({ width: AXES.length * PANEL.width, height: PANEL.height, title, body: panels });
}

/** The cases that differ from `base` on one axis at most, in its order. */
function alongAxis(
  comparisons: Comparison[],
  base: Case,
  axis: keyof Case,
): { x: number; seconds: number }[] {
  return comparisons
    .filter(({ point }) =>
      AXES.every((other) => other.axis === axis || point[other.axis] === base[other.axis]),
    )
    .map(({ point, seconds }) => ({ x: point[axis], seconds: seconds.median }))
    .sort((a, b) => a.x - b.x);
}

function panel(name: string, points: { x: number; seconds: number }[]): string[] {
  const { left, top, width, height } = PLOT;
  const right = Math.max(...points.map(({ x }) => x));
  const highest = Math.max(...points.map(({ seconds }) => seconds));
  const place = ({ x, seconds }: { x: number; seconds: number }) => ({
    x: round(left + (width * x) / right),
    y: round(top + height * (1 - seconds / highest)),
  });
  const places = points.map(place);
  const bottom = top + height;
  return [
    text(`seconds, by ${name}`, { x: left, y: 18, kind: 'heading' }),
    `<path class="axis" fill="none" d="M${left} ${top}V${bottom}H${left + width}"/>`,
    text(highest.toFixed(1), { x: left - 5, y: top + 6, kind: 'end quiet' }),
    text('0', { x: left - 5, y: bottom + 4, kind: 'end quiet' }),
    `<polyline class="line" points="${places.map(({ x, y }) => `${x},${y}`).join(' ')}"/>`,
    ...places.map(({ x, y }) => `<circle class="own" cx="${x}" cy="${y}" r="3"/>`),
    text(String(points[0]?.x ?? ''), { x: places[0]?.x ?? left, y: bottom + 16, kind: 'middle quiet' }),
    text(String(right), { x: left + width, y: bottom + 16, kind: 'middle quiet' }),
  ];
}
