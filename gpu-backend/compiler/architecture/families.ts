import type { ModelConfig, ModelType } from '../../../shared/model-config.ts';
import type { Weights } from '../weights.ts';
import type { Architecture } from './architecture.ts';
import { Blenderbot } from './blenderbot.ts';
import {
  BLENDERBOT_DEFAULTS,
  BLENDERBOT_SMALL_DEFAULTS,
  type BlenderbotConfig,
  parseBlenderbotConfig,
} from './blenderbot-config.ts';
import { NORMALISE_AFTER, NORMALISE_BEFORE, type Normalisation } from './normalisation.ts';

interface Family {
  defaults: BlenderbotConfig;
  normalisation: Normalisation;
}

const FAMILIES: Record<ModelType, Family> = {
  blenderbot: { defaults: BLENDERBOT_DEFAULTS, normalisation: NORMALISE_BEFORE },
  'blenderbot-small': { defaults: BLENDERBOT_SMALL_DEFAULTS, normalisation: NORMALISE_AFTER },
};

/**
 * The network of a checkpoint.
 * @throws {CheckpointError} where config.json asks for what its family does not have
 */
export function createArchitecture(
  { config, rawConfig }: { config: ModelConfig; rawConfig: object },
  weights: Weights,
): Architecture {
  const { defaults, normalisation } = FAMILIES[config.modelType];
  return new Blenderbot(parseBlenderbotConfig(rawConfig, defaults), weights, normalisation);
}
