import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from '../../../infra/paths.ts';
import { inBench } from '../environment.ts';

const RESULTS = inBench('results');
const PAGE = join(PROJECT, 'BENCHMARKS.md');

/** What a run leaves behind. */
export interface Report {
  results: unknown;
  markdown: string;
  /** SVG by file name. */
  charts: Record<string, string>;
}

/** Keeps the results as JSON, Markdown and charts in a folder. */
export async function keepReport(folder: string, name: string, report: Report): Promise<void> {
  const { results, markdown, charts } = report;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(results, null, 1)}\n`);
  await writeFile(join(folder, `${name}.md`), `${markdown}\n`);
  for (const [file, svg] of Object.entries(charts)) await writeFile(join(folder, file), svg);
}

/** Keeps the results with the project, and puts the tables into BENCHMARKS.md between the marks of `name`. */
export async function publish(name: string, report: Report): Promise<void> {
  await keepReport(RESULTS, name, report);
  await writeFile(PAGE, replacePart(await readFile(PAGE, 'utf8'), name, report.markdown));
}

/** @throws {Error} where the page has no place for it */
export function replacePart(page: string, name: string, markdown: string): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`BENCHMARKS.md has no "${begin}" … "${end}"`);
  return `${page.slice(0, from + begin.length)}\n\n${markdown}\n\n${page.slice(to)}`;
}
