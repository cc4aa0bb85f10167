import { env } from 'cloudflare:workers';
import { createLiveFigures } from '../../../edge/figures/live-figures.ts';

/** Live figures that report at once, to an object of their own. */
export function ownFigures() {
  const object = env.FIGURES.getByName(crypto.randomUUID());
  const reports: Promise<unknown>[] = [];
  const liveFigures = createLiveFigures({
    report: (minutes) => object.report(minutes),
    now: Date.now,
    wait: async () => {},
    waitUntil: (promise) => reports.push(promise),
    log: () => {},
  });
  return {
    dependencies: { liveFigures, figuresObject: () => object },
    /** Until all that was reported so far is there. */
    reported: () => Promise.all(reports),
  };
}
