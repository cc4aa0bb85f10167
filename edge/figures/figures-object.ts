import { DurableObject } from 'cloudflare:workers';
import {
  addFigures,
  type FiguresByMinute,
  KEPT_MINUTES,
  MINUTE_MS,
  type MinuteFigures,
  noFigures,
} from './minute-figures.ts';
import { DAY_MS, KEPT_DAYS, type ModelsByDay } from './model-comparison.ts';
import { addModels, type FiguresByModel } from './model-figures.ts';

/** The one object of its class has this name. */
export const FIGURES_OBJECT = 'figures';

interface KeptMinute {
  minute: number;
  figures: MinuteFigures;
}

interface KeptDay {
  day: number;
  models: FiguresByModel;
}

/**
 * What all isolates have counted: minute by minute within the last hour, of models day by day, and since ever. Nothing here is
 * anybody's: routes, statuses, times, tokens, ratings.
 *
 * Storage: `minute:0` … `minute:59`, each with what was counted in a minute of that number within its hour, and overwritten an hour
 * later; `past`, the sum of all that were overwritten; `day:0` … `day:29`, what models did in a day of that number. Written with each
 * report, since an object that rests is forgotten after ten seconds.
 */
export class FiguresObject extends DurableObject<Cloudflare.Env> {
  report(minutes: FiguresByMinute): void {
    const oldest = this.#oldestMinute();
    for (const [key, reported] of Object.entries(minutes)) {
      const minute = Number(key);
      if (minute < oldest) continue;
      const { models, ...figures } = whole(reported);
      this.#addModels(Math.floor((minute * MINUTE_MS) / DAY_MS), models);
      const kept = this.ctx.storage.kv.get<KeptMinute>(placeOf(minute));
      if (kept !== undefined && kept.minute !== minute) this.#addToPast(kept.figures);
      const sum = kept?.minute === minute ? whole(kept.figures) : noFigures();
      // Models are compared by days.
      addFigures(sum, { ...figures, models: {} });
      this.ctx.storage.kv.put(placeOf(minute), { minute, figures: sum } satisfies KeptMinute);
    }
  }

  /** What models did within the last days. */
  readModels(): ModelsByDay {
    const oldest = Math.floor(Date.now() / DAY_MS) - KEPT_DAYS + 1;
    const kept = [...this.ctx.storage.kv.list<KeptDay>({ prefix: DAY_PREFIX })].map(([, value]) => value);
    const recent = kept.filter(({ day }) => day >= oldest);
    return Object.fromEntries(recent.map(({ day, models }) => [day, models]));
  }

  #addModels(day: number, models: FiguresByModel): void {
    if (Object.keys(models).length === 0) return;
    const place = `${DAY_PREFIX}${day % KEPT_DAYS}`;
    const kept = this.ctx.storage.kv.get<KeptDay>(place);
    const sum = kept?.day === day ? kept.models : {};
    addModels(sum, models);
    this.ctx.storage.kv.put(place, { day, models: sum } satisfies KeptDay);
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
const DAY_PREFIX = 'day:';

/** Figures of another version of the worker may lack what is counted by now. */
function whole(figures: Partial<MinuteFigures>): MinuteFigures {
  return { ...noFigures(), ...figures };
}

function placeOf(minute: number): string {
  return `${PREFIX}${minute % KEPT_MINUTES}`;
}
