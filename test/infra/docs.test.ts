import { glob, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from '../../infra/paths.ts';
import { type MarkdownPage, readMarkdown } from './markdown.ts';

const exclude = (path: string) => /(^|\/)(node_modules|\.[^/]+)(\/|$)/.test(path);
// What benchmarks publish is a part of BENCHMARKS.md, and linked to from there.
const PARTS = 'test/bench/results/';

const pages = new Map<string, MarkdownPage>();
for await (const path of glob('**/*.md', { cwd: PROJECT, exclude }))
  if (!path.startsWith(PARTS)) pages.set(path, readMarkdown(await readFile(join(PROJECT, path), 'utf8')));

/** Why a link of a page leads nowhere; null where it leads somewhere, or to another server. */
async function problemOf(from: string, link: string): Promise<string | null> {
  if (/^(https?|mailto):/.test(link)) return null;
  const [path = '', anchor] = decodeURI(link).split('#');
  const target = path === '' ? from : relative(PROJECT, join(PROJECT, dirname(from), path));
  if (target.startsWith('..')) return 'leads out of the project';
  const isThere = pages.has(target) || (await stat(join(PROJECT, target)).catch(() => null)) !== null;
  if (!isThere) return 'there is no such file';
  if (anchor === undefined) return null;
  const page = pages.get(target);
  if (page === undefined) return 'only pages of Markdown have anchors';
  return page.anchors.has(anchor) ? null : 'there is no such heading';
}

async function problemsOf(from: string, { links }: MarkdownPage): Promise<string[]> {
  const problems = links.map(async (link) => [link, await problemOf(from, link)] as const);
  return (await Promise.all(problems)).flatMap(([link, problem]) =>
    problem === null ? [] : `${link}: ${problem}`,
  );
}

describe('the documentation', () => {
  it('is all found', () => {
    for (const path of [
      'README.md',
      'SECURITY.md',
      'CONTRIBUTING.md',
      'docs/security.md',
      'edge/keys/STORAGE.md',
    ])
      expect([...pages.keys()]).toContain(path);
  });

  it.each([...pages.keys()])('%s leads nowhere else than to what is there', async (path) => {
    expect(await problemsOf(path, pages.get(path)!)).toEqual([]);
  });

  it('is led to from the README, page by page', () => {
    const linked = pages.get('README.md')!.links.map((link) => link.split('#')[0]!);
    const ways = [...pages.keys()].filter(
      (path) => /^([A-Z]+|docs\/[\w-]+)\.md$/.test(path) && path !== 'README.md',
    );
    expect(ways.filter((path) => !linked.includes(path))).toEqual([]);
  });

  it('names a test for each claim about security, and none that is not run', () => {
    const { links } = pages.get('docs/security.md')!;
    const tests = links.filter((link) => link.startsWith('../test/'));
    expect(new Set(tests).size).toBeGreaterThan(30);
    expect(tests.filter((link) => !/\.test\.ts$/.test(link))).toEqual([]);
  });
});

describe('what finds links that lead nowhere', () => {
  const page = readMarkdown(
    [
      '# A `heading`, twice',
      '## A heading twice',
      '[here](#a-heading-twice-1) [gone](#gone) [file](README.md) [lost](lost.md "Lost")',
      '![chart](infra/none.svg) [out](../x.md) [web](https://example.com) `[code](code.md)`',
      '```sh\n# [fenced](fenced.md)\n```',
      '[in a file](package.json#name) [elsewhere](README.md#nowhere)',
    ].join('\n'),
  );

  it('reads links and headings, but not those of code', () => {
    expect(page.anchors).toEqual(new Set(['a-heading-twice', 'a-heading-twice-1']));
    expect(page.links).not.toContain('code.md');
    expect(page.links).not.toContain('fenced.md');
  });

  it('names each with its reason', async () => {
    pages.set('page.md', page);
    expect(await problemsOf('page.md', page)).toEqual([
      '#gone: there is no such heading',
      'lost.md: there is no such file',
      'infra/none.svg: there is no such file',
      '../x.md: leads out of the project',
      'package.json#name: only pages of Markdown have anchors',
      'README.md#nowhere: there is no such heading',
    ]);
    pages.delete('page.md');
  });
});
