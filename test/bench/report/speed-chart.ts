import { describeCase } from '../workload.ts';
import { figure } from './markdown.ts';
import type { Comparison } from './results.ts';
import { round, svgDocument, text } from './svg.ts';

const WIDTH = 760;
const BAR = { left: 150, width: 520, height: 16, step: 22 };
const PANEL = { heading: 26, gap: 14 };

/** Tokens a second as bars, a panel a case with a scale of its own; a stroke marks what the machine allows. */
export function speedChart(title: string, comparisons: Comparison[]): string {
  const panels = [...Map.groupBy(comparisons, ({ point }) => describeCase(point))];
  const body: string[] = [];
  let top = 8;
  for (const [name, group] of panels) {
    body.push(text(name, { x: 8, y: top + 16, kind: 'heading' }));
    body.push(...bars(group, top + PANEL.heading));
    top += PANEL.heading + group.length * BAR.step + PANEL.gap;
  }
  const note = 'tokens per second; the stroke is the limit that the measured memory and multiply-adds set';
  body.push(text(note, { x: 8, y: top + 12, kind: 'quiet' }));
  return svgDocument({ width: WIDTH, height: top + 24, title, body });
}

function bars(group: Comparison[], top: number): string[] {
  // A limit beyond the panel's edge would leave the bars unreadable: it may take twice the longest bar's room.
  const fastest = Math.max(...group.map(({ tokensPerSecond }) => tokensPerSecond.median));
  const limits = group.map(({ limitTokensPerSecond }) => limitTokensPerSecond ?? 0);
  const longest = Math.min(Math.max(fastest, ...limits), 2 * fastest);
  const length = (value: number) => (BAR.width * value) / longest;
  return group.flatMap(({ contender, tokensPerSecond: { median }, limitTokensPerSecond: limit }, index) => {
    const y = top + index * BAR.step;
    const kind = contender.startsWith('Tandem') ? 'own' : 'other';
    const x = BAR.left + length(limit ?? 0);
    const mark =
      limit === undefined || limit > longest
        ? []
        : [
            `<line class="limit" x1="${round(x)}" x2="${round(x)}" y1="${y - 2}" y2="${y + BAR.height + 2}"/>`,
          ];
    return [
      text(contender, { x: BAR.left - 8, y: y + 12, kind: 'end' }),
      `<rect class="${kind}" x="${BAR.left}" y="${y}" width="${round(length(median))}" height="${BAR.height}" rx="2"/>`,
      ...mark,
      text(figure(median), { x: valuePlace(length(median), limit && length(limit)), y: y + 12 }),
    ];
  });
}

/** Behind the bar, or behind the limit's stroke where that would run through the number. */
function valuePlace(bar: number, limit: number | undefined): number {
  const isInTheWay = limit !== undefined && limit > bar - 4 && limit < bar + 40;
  return BAR.left + 6 + (isInTheWay ? limit : bar);
}
