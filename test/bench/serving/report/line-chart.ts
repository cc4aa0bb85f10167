import { round, svgDocument, text } from '../../report/svg.ts';

export interface Line {
  name: string;
  /** `own` and `other` are the colours of all charts. */
  kind: 'own' | 'other';
  points: { x: number; y: number }[];
}

export interface Panel {
  /** With its unit. */
  heading: string;
  /** What x is, with its unit. */
  below: string;
  lines: Line[];
}

const PANEL = { width: 370, height: 240 };
const PLOT = { left: 55, top: 34, width: 285, height: 140 };
const LEGEND_TOP = PLOT.top + PLOT.height + 46;

/** Panels side by side, each with lines over one axis; both axes begin at 0. */
export function lineChart(title: string, panels: Panel[]): string {
  const body = panels.map(
    (panel, index) =>
      `<g transform="translate(${index * PANEL.width} 0)">\n${drawPanel(panel).join('\n')}\n</g>`,
  );
  return svgDocument({ width: panels.length * PANEL.width, height: PANEL.height, title, body });
}

function drawPanel({ heading, below, lines }: Panel): string[] {
  const { left, top, width, height } = PLOT;
  const points = lines.flatMap((line) => line.points);
  const right = endOf(points.map(({ x }) => x));
  const highest = endOf(points.map(({ y }) => y));
  const bottom = top + height;
  const place = ({ x, y }: { x: number; y: number }) => ({
    x: round(left + (width * x) / right),
    y: round(top + height * (1 - y / highest)),
  });
  return [
    text(heading, { x: left, y: 18, kind: 'heading' }),
    `<path class="axis" fill="none" d="M${left} ${top}V${bottom}H${left + width}"/>`,
    text(short(highest), { x: left - 5, y: top + 6, kind: 'end quiet' }),
    text('0', { x: left - 5, y: bottom + 4, kind: 'end quiet' }),
    text(below, { x: left + width / 2, y: bottom + 16, kind: 'middle quiet' }),
    text(short(right), { x: left + width, y: bottom + 16, kind: 'middle quiet' }),
    ...lines.flatMap(({ kind, points }) => {
      const places = points.map(place);
      return [
        `<polyline class="line ${kind}-line" points="${places.map(({ x, y }) => `${x},${y}`).join(' ')}"/>`,
        ...places.map(({ x, y }) => `<circle class="${kind}" cx="${x}" cy="${y}" r="2.5"/>`),
      ];
    }),
    ...lines.flatMap(({ name, kind }, index) => {
      const x = left + index * 130;
      return [
        `<circle class="${kind}" cx="${x + 4}" cy="${LEGEND_TOP - 4}" r="4"/>`,
        text(name, { x: x + 13, y: LEGEND_TOP, kind: 'quiet' }),
      ];
    }),
  ];
}

/** Where an axis ends; of nothing, and of nothing but zeros, at 1. */
function endOf(values: number[]): number {
  return Math.max(0, ...values) || 1;
}

/** At most four digits. */
function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(2)));
}
