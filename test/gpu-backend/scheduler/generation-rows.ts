import { type GenerationParameters, TRANSFORMERS_DEFAULTS } from '../../../shared/generation-parameters.ts';
import type { GenerationRow } from '../../../shared/generation-batch.ts';
import type { GeneratedRow } from '../../../gpu-backend/runtime/generation-session.ts';

/** A row that is told from others by its first token. */
export function rowOf(token: number, parameters: Partial<GenerationParameters> = {}): GenerationRow {
  return { inputIds: [token, 2], parameters: { ...TRANSFORMERS_DEFAULTS, ...parameters } };
}

/** Stands in for the model: every beam answers with the row's own first token. */
export function echo(rows: GenerationRow[]): GeneratedRow[] {
  return rows.map(({ inputIds, parameters: { num_beams } }) => ({
    sequences: Array.from({ length: num_beams }, () => [inputIds[0]!, 2]),
    scores: Array.from({ length: num_beams }, (_, beam) => -beam),
  }));
}
