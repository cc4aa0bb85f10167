import { DurableObject } from 'cloudflare:workers';
import {
  addFigures,
  type FiguresByMinute,
  KEPT_MINUTES,
  MINUTE_MS,
  type MinuteFigures,
  noFigures,
} from './minute-figures.ts';

/** The one object of its class has this name. */
export const FIGURES_OBJECT = 'figures';

interface KeptMinute {
  minute: number;
  figures: MinuteFigures;
}

/**
 * What all isolates have counted: minute by minute within the last hour, and since ever. Nothing here is anybody's: routes, statuses,
 * times, tokens.
 *
 * Storage: `minute:0` … `minute:59`, each with what was counted in a minute of that number within its hour, and overwritten an hour
 * later; `past`, the sum of all that were overwritten. Written with each report, since an object that rests is forgotten after ten
 * seconds.
 */
export class FiguresObject extends DurableObject<Cloudflare.Env> {
  report(minutes: FiguresByMinute): void {
    const oldest = this.#oldestMinute();
    for (const [key, figures] of Object.entries(minutes)) {
      const minute = Number(key);
      if (minute < oldest) continue;
      const kept = this.ctx.storage.kv.get<KeptMinute>(placeOf(minute));
      if (kept !== undefined && kept.minute !== minute) this.#addToPast(kept.figures);
      const sum = kept?.minute === minute ? whole(kept.figures) : noFigures();
      addFigures(sum, whole(figures));
      this.ctx.storage.kv.put(placeOf(minute), { minute, figures: sum } satisfies KeptMinute);
    }
  }

  /** The minutes of the last hour in which anything was asked. */
  read(): FiguresByMinute {
    const oldest = this.#oldestMinute();
    const recent = this.#keptMinutes().filter(({ minute }) => minute >= oldest);
    return Object.fromEntries(recent.map(({ minute, figures }) => [minute, whole(figures)]));
  }

  /** All that was ever counted. It only grows, as long as the object's storage lives. */
  total(): MinuteFigures {
    const sum = this.#past();
    for (const { figures } of this.#keptMinutes()) addFigures(sum, whole(figures));
    return sum;
  }

  #keptMinutes(): KeptMinute[] {
    return [...this.ctx.storage.kv.list<KeptMinute>({ prefix: PREFIX })].map(([, value]) => value);
  }

  #past(): MinuteFigures {
    return whole(this.ctx.storage.kv.get<MinuteFigures>(PAST) ?? {});
  }

  #addToPast(figures: MinuteFigures): void {
    const sum = this.#past();
    addFigures(sum, whole(figures));
    this.ctx.storage.kv.put(PAST, sum satisfies MinuteFigures);
  }

  #oldestMinute(): number {
    return Math.floor(Date.now() / MINUTE_MS) - KEPT_MINUTES + 1;
  }
}

const PREFIX = 'minute:';
const PAST = 'past';

/** Figures of another version of the worker may lack what is counted by now. */
function whole(figures: Partial<MinuteFigures>): MinuteFigures {
  return { ...noFigures(), ...figures };
}

function placeOf(minute: number): string {
  return `${PREFIX}${minute % KEPT_MINUTES}`;
}
