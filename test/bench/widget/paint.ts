import type { Browser } from 'puppeteer-core';

/**
 * How long after the last byte of widget.js its bubble is painted, on a page with nothing else to paint, in milliseconds.
 * @param slowdown of the processor: 1 is this machine's own
 */
export async function timeFirstPaint(browser: Browser, url: string, slowdown: number): Promise<number> {
  const profile = await browser.createBrowserContext();
  try {
    const page = await profile.newPage();
    await page.emulateCPUThrottling(slowdown);
    await page.goto(url);
    return await page.evaluate(async () => {
      const paint = await new Promise<PerformanceEntry>((resolve) =>
        new PerformanceObserver((list) => {
          const [found] = list.getEntriesByName('first-contentful-paint');
          if (found !== undefined) resolve(found);
        }).observe({ type: 'paint', buffered: true }),
      );
      const [script] = performance
        .getEntriesByType('resource')
        .filter(({ name }) => name.endsWith('/widget.js')) as PerformanceResourceTiming[];
      return paint.startTime - script!.responseEnd;
    });
  } finally {
    await profile.close();
  }
}
