import { cpus, loadavg } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import type { Browser } from 'puppeteer-core';
import { setup as buildStaticFiles } from '../../infra/build-static.ts';
import { connectTo, findBrowser, howToGet, launchBrowser } from '../browser/harness/browsers.ts';
import { publish } from './report/publish.ts';
import { percentilesOf } from './statistics.ts';
import { countFrames } from './widget/frames.ts';
import { timeFirstPaint } from './widget/paint.ts';
import { renderWidget, type WidgetResults } from './widget/report.ts';
import { startStreamingEdge } from './widget/streaming-edge.ts';

interface Options {
  pages: number;
  history: number;
  seconds: number;
  publish: boolean;
}

const options = new Command('bench:widget')
  .description(
    'Measures in Chromium how soon the widget is there, and how smoothly a reply is streamed into it.',
  )
  .option('--pages <n>', 'pages that are opened for the first paint', count, 30)
  .option('--history <n>', 'messages of the conversation', count, 1_000)
  .option('--seconds <n>', 'how long the reply is streamed', count, 10)
  .option('--publish', 'put the results into BENCHMARKS.md', false)
  .parse()
  .opts<Options>();

const WORDS_PER_SECOND = 40;
/** A phone of the middle class is about four times slower than a desktop. */
const SLOWDOWNS = [1, 4];

const program = findBrowser('chromium');
if (program === undefined) throw new Error(howToGet('chromium'));
await buildStaticFiles();
const [loadBefore] = loadavg();
const { history, seconds: replySeconds } = options;
const edge = await startStreamingEdge({ history, wordsPerSecond: WORDS_PER_SECOND, replySeconds });
const { address, close } = await launchBrowser('chromium', program);
try {
  const results = await measure(await connectTo(address));
  const markdown = renderWidget(results);
  console.log(markdown);
  if (options.publish) await publish('widget', { results, markdown, charts: {} });
} finally {
  await close();
  edge.close();
}

async function measure(browser: Browser): Promise<WidgetResults> {
  const speeds: WidgetResults['speeds'] = [];
  // Once before: what the first page of a browser costs is not the widget's.
  await timeFirstPaint(browser, `${edge.url}/bubble`, 1);
  for (const slowdown of SLOWDOWNS) {
    const paints: number[] = [];
    for (let page = 0; page < options.pages; page++)
      paints.push(await timeFirstPaint(browser, `${edge.url}/bubble`, slowdown));
    const frames = await countFrames(browser, `${edge.url}/inline`, slowdown);
    speeds.push({ slowdown, paintMs: percentilesOf(paints), frames });
  }
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]!.model,
    browser: await browser.version(),
    loadBefore: loadBefore!,
    pages: options.pages,
    history,
    wordsPerSecond: WORDS_PER_SECOND,
    speeds,
  };
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('A whole number from 1 on.');
  return value;
}
