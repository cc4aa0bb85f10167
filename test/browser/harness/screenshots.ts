import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { PROJECT } from '../../../infra/paths.ts';

/** What people look through after a run; nothing compares it. */
export const SCREENSHOTS = join(PROJECT, '.tandem/screenshots');

/** Keeps what a window shows. @param name of the state: "widget-open-dark" */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

/** Keeps what a page looks like from its top to its end. */
export async function keepWholePage(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}

/** A page that shows all of them. */
export async function writeScreenshotIndex(): Promise<void> {
  const names = (await readdir(SCREENSHOTS)).filter((name) => name.endsWith('.png')).sort();
  const figures = names.map(
    (name) =>
      `<figure><a href="${name}"><img loading="lazy" src="${name}" alt=""></a><figcaption>${name.slice(0, -4)}</figcaption></figure>`,
  );
  await writeFile(
    join(SCREENSHOTS, 'index.html'),
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tandem: screenshots</title><style>
body { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: 1rem; font: 0.875rem system-ui; color-scheme: light dark }
figure { margin: 0 } img { width: 100%; border: 1px solid gray }</style>
${figures.join('\n')}
</html>
`,
  );
}
