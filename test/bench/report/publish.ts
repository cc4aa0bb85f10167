import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from '../../../infra/paths.ts';
import { inBench } from '../environment.ts';

const RESULTS = inBench('results');
const PAGE = join(PROJECT, 'BENCHMARKS.md');

/** Keeps the results as JSON and charts, and puts `markdown` into BENCHMARKS.md between the marks of `name`. */
export async function publish(
  name: string,
  { results, markdown, charts }: { results: unknown; markdown: string; charts: Record<string, string> },
): Promise<void> {
  await mkdir(RESULTS, { recursive: true });
  await writeFile(join(RESULTS, `${name}.json`), `${JSON.stringify(results, null, 1)}\n`);
  for (const [file, svg] of Object.entries(charts)) await writeFile(join(RESULTS, file), svg);
  await writeFile(PAGE, replacePart(await readFile(PAGE, 'utf8'), name, markdown));
}

/** @throws {Error} where the page has no place for it */
export function replacePart(page: string, name: string, markdown: string): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`BENCHMARKS.md has no "${begin}" … "${end}"`);
  return `${page.slice(0, from + begin.length)}\n\n${markdown}\n\n${page.slice(to)}`;
}
