import type { HTTPResponse, Page } from 'puppeteer-core';

/** What a page does that nobody sees. */
export interface Watched {
  /** Every address that it asked for. */
  requests: string[];
  /** Errors that its scripts threw and nobody caught, and what the browser complains of. */
  problems: string[];
  responses: HTTPResponse[];
}

/** To be called before the page goes anywhere. */
export function watch(page: Page): Watched {
  const watched: Watched = { requests: [], problems: [], responses: [] };
  page.on('request', (request) => watched.requests.push(request.url()));
  page.on('response', (response) => watched.responses.push(response));
  page.on('pageerror', (error) => watched.problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') watched.problems.push(message.text());
  });
  return watched;
}

/** Has the page gather the directives that it runs against. To be called before the page goes anywhere. */
export async function watchPolicy(page: Page): Promise<void> {
  await page.evaluateOnNewDocument(() => {
    const violations: string[] = [];
    Object.assign(globalThis, { policyViolations: violations });
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile }) =>
      violations.push(`${effectiveDirective}: ${blockedURI} (${sourceFile})`),
    );
  });
}

export function policyViolations(page: Page): Promise<string[]> {
  return page.evaluate(() => (globalThis as unknown as { policyViolations: string[] }).policyViolations);
}
