import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import puppeteer, { type Browser } from 'puppeteer-core';

export type BrowserName = 'chromium' | 'firefox';

/** Where a launched browser is spoken to; a page of tests connects for as long as it needs it. */
export interface BrowserAddress {
  endpoint: string;
  protocol: 'cdp' | 'webDriverBiDi';
}

/** Debian's package first, then what others call the same program. */
const PROGRAMS: Record<
  BrowserName,
  { variable: string; names: string[]; protocol: BrowserAddress['protocol'] }
> = {
  chromium: {
    variable: 'CHROMIUM_PATH',
    names: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    protocol: 'cdp',
  },
  firefox: { variable: 'FIREFOX_PATH', names: ['firefox-esr', 'firefox'], protocol: 'webDriverBiDi' },
};

/** The path of a browser's program, or undefined where it is not installed. */
export function findBrowser(name: BrowserName): string | undefined {
  const { variable, names } = PROGRAMS[name];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = [
    process.env[variable] ?? '',
    ...names.flatMap((program) => folders.map((folder) => join(folder, program))),
  ];
  return candidates.find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return path !== '';
  } catch {
    return false;
  }
}

/** What to do where `findBrowser` found none. */
export function howToGet(name: BrowserName): string {
  const { variable, names } = PROGRAMS[name];
  return `${name} is missing: apt-get install --no-install-recommends ${names[0]}, or say where it is in ${variable}`;
}

/**
 * Starts a browser without a window. It asks for reduced motion, so that nothing moves away from under a click; what
 * moves is tried where a test says so.
 */
export async function launchBrowser(
  name: BrowserName,
  executablePath: string,
): Promise<{ address: BrowserAddress; close(): Promise<void> }> {
  const browser = await puppeteer.launch(
    name === 'chromium'
      ? {
          executablePath,
          args: [
            // Chromium refuses to run as root with its sandbox, and containers are small in /dev/shm.
            ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
            '--disable-dev-shm-usage',
            '--lang=en-US',
            '--force-prefers-reduced-motion',
          ],
        }
      : {
          browser: 'firefox',
          executablePath,
          extraPrefsFirefox: { 'intl.accept_languages': 'en-US', 'ui.prefersReducedMotion': 1 },
        },
  );
  const address = { endpoint: browser.wsEndpoint(), protocol: PROGRAMS[name].protocol };
  const ended = once(browser.process()!, 'exit');
  // Firefox has one session at a time, which the tests are to have.
  await browser.disconnect();
  const close = async () => {
    await (await connectTo(address)).close();
    await ended;
  };
  return { address, close };
}

export function connectTo({ endpoint, protocol }: BrowserAddress): Promise<Browser> {
  return puppeteer.connect({ browserWSEndpoint: endpoint, protocol, defaultViewport: null });
}
