import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'puppeteer-core';
import { expect } from 'vitest';
import { SCREENSHOTS } from './screenshots.ts';

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Expects that axe finds nothing in the page, and is in doubt about nothing, shadow roots included, and keeps its report. @param state its name */
export async function expectAccessible(page: Page, state: string): Promise<void> {
  // Evaluated by the driver: no policy of the page stands against it, and no request is made.
  await page.evaluate(axe.source);
  const report = (await page.evaluate(
    (standards) => (globalThis as unknown as { axe: typeof axe }).axe.run({ runOnly: standards }),
    STANDARDS,
  )) as AxeResults;
  const folder = join(SCREENSHOTS, 'axe');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${state}.json`), JSON.stringify(report, null, 1));
  // What it cannot decide by itself is somebody's to look at, but for colours that lie on each other: those are many.
  const undecided = report.incomplete.filter(({ id }) => id !== 'color-contrast');
  const findings = [...report.violations, ...undecided].map(({ id, help, nodes }) => ({
    id,
    help,
    nodes: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`),
  }));
  expect(findings, state).toEqual([]);
}
