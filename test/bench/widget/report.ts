import { table } from '../report/markdown.ts';
import type { Percentiles } from '../statistics.ts';
import type { Frames } from './frames.ts';

/** What a run of `npm run bench:widget` found. */
export interface WidgetResults {
  date: string;
  cpu: string;
  browser: string;
  /** Of the machine before the run: processes that wanted a processor, on the average of a minute. */
  loadBefore: number;
  pages: number;
  history: number;
  wordsPerSecond: number;
  /** By how much slower the processor was made: 1 is the machine's own. */
  speeds: { slowdown: number; paintMs: Percentiles; frames: Frames }[];
}

export const TARGETS = { paintMs: 50, framesPerSecond: 60 };

export function renderWidget(results: WidgetResults): string {
  const { date, cpu, browser, loadBefore, pages, history, wordsPerSecond } = results;
  const name = ({ slowdown }: WidgetResults['speeds'][number]) =>
    slowdown === 1 ? 'this machine' : `${slowdown} times slower`;
  return [
    `Measured on ${date.slice(0, 10)} with \`npm run bench:widget\`, ${cpu}, ${browser}; the machine's load before the run was`,
    `${loadBefore.toFixed(1)} (0 is a quiet machine). ${pages} pages were opened; the conversation had ${history} messages, and a reply`,
    `came at ${wordsPerSecond} words a second.\n`,
    table(
      ['', ...results.speeds.map(name), 'to reach'],
      [
        [
          'first paint of the bubble after the script has loaded, p50',
          ...results.speeds.map(({ paintMs }) => `${paintMs.p50.toFixed(0)} ms`),
          `under ${TARGETS.paintMs} ms`,
        ],
        ['the same, p99', ...results.speeds.map(({ paintMs }) => `${paintMs.p99.toFixed(0)} ms`), ''],
        [
          'frames a second while a reply is streamed',
          ...results.speeds.map(({ frames }) => frames.perSecond.toFixed(0)),
          String(TARGETS.framesPerSecond),
        ],
        [
          'time between two frames, p99',
          ...results.speeds.map(({ frames }) => `${frames.p99Ms.toFixed(0)} ms`),
          '',
        ],
        ['the longest', ...results.speeds.map(({ frames }) => `${frames.longestMs.toFixed(0)} ms`), ''],
      ],
    ),
  ].join('\n');
}
