import { TRANSFORMERS_DEFAULTS } from '../../shared/generation-parameters.ts';
import type { ArrivalShape } from './arrivals.ts';
import type { SimulatedRow } from './simulated-worker.ts';

/** What people ask: requests of one row each. */
export interface Demand {
  shape: ArrivalShape;
  perSecond: number;
  /** How many requests arrive. */
  requests: number;
  timeoutMs: number;
  beams: number;
  inputTokens: number;
  /** Replies have any length between these, each as likely. */
  replyTokens: { min: number; max: number };
}

/** Rows as the demand has them, each with a length at random. Rows of one length are one object, since nobody changes them. */
export function rowsOf(demand: Demand, random: () => number): () => SimulatedRow {
  const { beams, inputTokens, replyTokens } = demand;
  const { min, max } = replyTokens;
  const inputIds = new Array<number>(inputTokens).fill(0);
  // max_length counts the start token.
  const lengths = { min_length: min, max_length: max + 1 };
  const parameters = { ...TRANSFORMERS_DEFAULTS, num_beams: beams, ...lengths };
  const rows = Array.from({ length: max - min + 1 }, (_, more): SimulatedRow => {
    const generated = { sequences: [new Array<number>(min + more).fill(0)], scores: [0] };
    return { inputIds, parameters, replyTokens: min + more, generated };
  });
  return () => rows[Math.floor(random() * rows.length)]!;
}
