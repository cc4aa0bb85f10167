import type { GenerationRow } from '../../shared/generation-batch.ts';
import type { ModelConfig } from '../../shared/model-config.ts';

const WARM_UP_TOKENS = 4;

/** A short reply in the way that the model's own recommendation makes them. */
export function warmUpRow({ tokens, recommendedGeneration, maxPositions }: ModelConfig): GenerationRow {
  const length = Math.min(WARM_UP_TOKENS, maxPositions);
  const lengths = { min_length: length, max_length: length };
  const parameters = { ...recommendedGeneration, ...lengths, do_sample: false, beam_delay: 0 };
  return { inputIds: [tokens.eos], parameters };
}
