import * as z from 'zod';
import { CheckpointError } from '../checkpoint/checkpoint-error.ts';
import type { Weights } from '../weights.ts';
import type { Architecture } from './architecture.ts';
import { Blenderbot } from './blenderbot.ts';
import { parseBlenderbotConfig } from './blenderbot-config.ts';

/** The architecture for each `model_type` of config.json. */
const FAMILIES: Record<string, (rawConfig: unknown, weights: Weights) => Architecture> = {
  blenderbot: (rawConfig, weights) => new Blenderbot(parseBlenderbotConfig(rawConfig), weights),
};

/** @throws {CheckpointError} for a `model_type` that is not known, naming those that are */
export function createArchitecture(rawConfig: unknown, weights: Weights): Architecture {
  const { model_type } = z.object({ model_type: z.string() }).parse(rawConfig);
  const create = Object.hasOwn(FAMILIES, model_type) ? FAMILIES[model_type] : undefined;
  if (create === undefined) {
    const known = Object.keys(FAMILIES).join(', ');
    throw new CheckpointError(
      'config.json',
      `model_type "${model_type}" is not supported (supported: ${known})`,
    );
  }
  return create(rawConfig, weights);
}
