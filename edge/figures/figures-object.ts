import { DurableObject } from 'cloudflare:workers';
import {
  addFigures,
  type FiguresByMinute,
  KEPT_MINUTES,
  MINUTE_MS,
  type MinuteFigures,
} from './minute-figures.ts';

/** The one object of its class has this name. */
export const FIGURES_OBJECT = 'figures';

interface KeptMinute {
  minute: number;
  figures: MinuteFigures;
}

/**
 * What all isolates have counted within the last hour. Nothing here is anybody's: routes, statuses, times, tokens.
 *
 * Storage: `minute:0` … `minute:59`, each with what was counted in a minute of that number within its hour, and
 * overwritten an hour later. Written with each report, since an object that rests is forgotten after ten seconds.
 */
export class FiguresObject extends DurableObject<Cloudflare.Env> {
  report(minutes: FiguresByMinute): void {
    const oldest = this.#oldestMinute();
    for (const [key, figures] of Object.entries(minutes)) {
      const minute = Number(key);
      if (minute < oldest) continue;
      const kept = this.ctx.storage.kv.get<KeptMinute>(placeOf(minute));
      const sum = kept?.minute === minute ? kept.figures : { routes: {}, modelMs: {}, tokens: 0 };
      addFigures(sum, figures);
      this.ctx.storage.kv.put(placeOf(minute), { minute, figures: sum } satisfies KeptMinute);
    }
  }

  /** The minutes of the last hour in which anything was asked. */
  read(): FiguresByMinute {
    const oldest = this.#oldestMinute();
    const kept = [...this.ctx.storage.kv.list<KeptMinute>({ prefix: PREFIX })].map(([, value]) => value);
    const recent = kept.filter(({ minute }) => minute >= oldest);
    return Object.fromEntries(recent.map(({ minute, figures }) => [minute, figures]));
  }

  #oldestMinute(): number {
    return Math.floor(Date.now() / MINUTE_MS) - KEPT_MINUTES + 1;
  }
}

const PREFIX = 'minute:';

function placeOf(minute: number): string {
  return `${PREFIX}${minute % KEPT_MINUTES}`;
}
