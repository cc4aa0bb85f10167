import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BlenderbotConfig,
  parseBlenderbotConfig,
} from '../../gpu-backend/compiler/architecture/blenderbot-config.ts';
import shapes from './shapes.json' with { type: 'json' };

/** Sizes that a checkpoint with random weights can have; they are those of the published ones. */
export type ShapeName = keyof typeof shapes;
export const SHAPE_NAMES = Object.keys(shapes) as ShapeName[];

/** The size of a checkpoint's network, by config.json's names. */
export async function readShape(checkpoint: string): Promise<BlenderbotConfig> {
  return parseBlenderbotConfig(JSON.parse(await readFile(join(checkpoint, 'config.json'), 'utf8')));
}
