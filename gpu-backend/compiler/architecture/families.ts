import type { ModelConfig, ModelType } from '../../../shared/model-config.ts';
import type { Weights } from '../weights/weights.ts';
import type { Architecture } from './architecture.ts';
import { Blenderbot } from './blenderbot.ts';
import { parseBlenderbotConfig } from './blenderbot-config.ts';
import { NORMALISE_AFTER, NORMALISE_BEFORE, type Normalisation } from './normalisation.ts';

/** How each family differs from the others. */
const NORMALISATIONS: Record<ModelType, Normalisation> = {
  blenderbot: NORMALISE_BEFORE,
  'blenderbot-small': NORMALISE_AFTER,
};

/**
 * The network of a checkpoint.
 * @throws {CheckpointError} where config.json asks for what its family does not have
 */
export function createArchitecture(
  { config, rawConfig }: { config: ModelConfig; rawConfig: object },
  weights: Weights,
): Architecture {
  return new Blenderbot(parseBlenderbotConfig(rawConfig), weights, NORMALISATIONS[config.modelType]);
}
