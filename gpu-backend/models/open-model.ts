import type { ModelConfig } from '../../shared/model-config.ts';
import { fingerprintOf, type Manifest, readManifest } from '../compiler/manifest.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { NamedModelSource } from './model-source.ts';

/** What the repository needs of whatever runs a model. */
export type ModelScheduler = Pick<Scheduler, 'state' | 'waiting' | 'submit' | 'drain' | 'close'>;

/** A model that can answer. */
export interface OpenModel {
  config: ModelConfig;
  scheduler: ModelScheduler;
  /** Tells one build of a model from the next in the same folder. */
  fingerprint: string;
  /** What a client must share with it, for the model's metadata. */
  properties: Record<string, string>;
}

export interface ModelOpener {
  /** What `OpenModel.fingerprint` would be now. @throws {Error} with one line */
  fingerprint(source: NamedModelSource): Promise<string>;
  /** @throws {Error} with one line, and with nothing left running */
  open(source: NamedModelSource): Promise<OpenModel>;
}

export interface ModelOpenerOptions {
  startScheduler(source: NamedModelSource, manifest: Manifest): Scheduler;
  /** Told of each build that answers from now on. */
  onOpened(source: NamedModelSource, manifest: Manifest): void;
}

/** Opens compiled folders, each with a scheduler of its own. */
export function modelOpener({ startScheduler, onOpened }: ModelOpenerOptions): ModelOpener {
  return {
    fingerprint: async ({ directory }) => fingerprintOf(await readManifest(directory)),
    async open(source) {
      const manifest = await readManifest(source.directory);
      const scheduler = startScheduler(source, manifest);
      try {
        await scheduler.open();
      } catch (error) {
        await scheduler.drain(0);
        await scheduler.close();
        throw error;
      }
      onOpened(source, manifest);
      const fingerprint = fingerprintOf(manifest);
      return { config: manifest, scheduler, fingerprint, properties: propertiesOf(manifest) };
    },
  };
}

/** By these an edge that holds a tokenizer and limits of its own knows whether they are the model's. */
function propertiesOf({ modelType, vocabSize, maxPositions, precision, files }: Manifest) {
  const tokenizer = files['tokenizer.json'];
  return {
    model_type: modelType,
    vocab_size: String(vocabSize),
    max_positions: String(maxPositions),
    precision,
    ...(tokenizer !== undefined && { tokenizer_sha256: tokenizer.sha256 }),
  };
}
