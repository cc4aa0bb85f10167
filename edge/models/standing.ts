import type { Backend } from '../backends/backend.ts';
import type { ServedModel } from '../conversation/reply.ts';
import { sharedProperties, whyUnfit } from './fit.ts';

/** Whether a candidate may speak: unfit, it would read other words than were said; away, nobody has it. */
export type Standing = { state: 'ready'; reason: null } | { state: 'unfit' | 'away'; reason: string };

interface Compared {
  model: ServedModel;
  /** Of the model that is served, and of the candidate. */
  served: Pick<Backend, 'describe'>;
  candidate: Pick<Backend, 'describe' | 'status'>;
}

/** Asks the backends of both. Never throws. */
export async function lookAtCandidate({ model, served, candidate }: Compared): Promise<Standing> {
  const [ours, theirs, statuses] = await Promise.all([
    served.describe(),
    candidate.describe(),
    candidate.status(),
  ]);
  const known = ours.find(({ properties }) => properties?.['tokenizer_sha256'] !== undefined);
  const shared = sharedProperties(model.config, known?.properties ?? null);
  for (const { name, properties } of theirs) {
    const why = properties && whyUnfit(properties, shared);
    if (why) return { state: 'unfit', reason: `At backend ${name} ${why}.` };
  }
  if (statuses.some(({ ready }) => ready)) return { state: 'ready', reason: null };
  const isThere = theirs.some(({ properties }) => properties !== null);
  const reason = isThere ? 'No backend that has it is ready.' : 'No backend that answers has it.';
  return { state: 'away', reason };
}

/** How long what was seen is as good as new. */
export const FRESH_MS = 5_000;

/**
 * Remembers how a candidate stands. Who comes first waits for a look; later what was seen is told at once, and where it
 * is old a new look is taken behind it.
 */
export function rememberedStanding(options: {
  look: () => Promise<Standing>;
  now: () => number;
  waitUntil: (promise: Promise<unknown>) => void;
}): () => Promise<Standing> {
  let seen: { standing: Standing; atMs: number } | null = null;

  async function look(): Promise<Standing> {
    const standing = await options.look();
    seen = { standing, atMs: options.now() };
    return standing;
  }

  return async () => {
    if (seen === null) return look();
    const nowMs = options.now();
    if (Math.abs(nowMs - seen.atMs) >= FRESH_MS) {
      // Who comes while it is looked is told what was seen before.
      seen.atMs = nowMs;
      options.waitUntil(look());
    }
    return seen.standing;
  };
}
