import type { Browser, Page } from 'puppeteer-core';
import { quantile } from '../../../infra/load/quantile.ts';

export interface Frames {
  perSecond: number;
  /** The time between two frames that 99 of 100 do not exceed, and the longest, in milliseconds. */
  p99Ms: number;
  longestMs: number;
}

/** What the bench asks of the element: it resolves with the reply. */
interface Chat extends HTMLElement {
  send(text: string): Promise<unknown>;
}

/**
 * The frames of a page whose widget has a long history, while a reply is streamed into it.
 * @param slowdown of the processor: 1 is this machine's own
 */
export async function countFrames(browser: Browser, url: string, slowdown: number): Promise<Frames> {
  const profile = await browser.createBrowserContext();
  try {
    const page = await profile.newPage();
    await page.goto(url);
    // Makes the session, whose history is there once the page is loaded anew.
    await sendAndWatch(page);
    await page.reload();
    await page.waitForFunction(hasHistory);
    await page.emulateCPUThrottling(slowdown);
    return summarizeFrames(await sendAndWatch(page));
  } finally {
    await profile.close();
  }
}

function hasHistory(): boolean {
  const root = document.querySelector('tandem-chat')?.shadowRoot;
  return (root?.querySelectorAll('[part~=message]').length ?? 0) > 2;
}

/** Sends a message. @returns when each frame began until the reply was there, in milliseconds */
function sendAndWatch(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    await customElements.whenDefined('tandem-chat');
    const frames: number[] = [];
    let isOver = false;
    const watch = (time: number) => {
      frames.push(time);
      if (!isOver) requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
    await document.querySelector<Chat>('tandem-chat')!.send('What do you think of it?');
    isOver = true;
    return frames;
  });
}

export function summarizeFrames(times: number[]): Frames {
  const gaps = times.slice(1).map((time, index) => time - times[index]!);
  const seconds = (times.at(-1)! - times[0]!) / 1_000;
  return { perSecond: gaps.length / seconds, p99Ms: quantile(gaps, 0.99), longestMs: Math.max(...gaps) };
}
