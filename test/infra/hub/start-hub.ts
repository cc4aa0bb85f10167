import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { HubContext } from '../../../infra/hub/hub-context.ts';
import { EMBEDDED_CHECKPOINT } from '../../../infra/paths.ts';
import { type HubModel, HubServer } from './hub-server.ts';

export const MODEL_ID = 'tandem/some-model';

/** A hub that runs until the test is over. */
export async function startHub(models: Record<string, HubModel>): Promise<HubServer> {
  const hub = await HubServer.start(models);
  onTestFinished(() => hub.stop());
  return hub;
}

const embedded = (name: string): Uint8Array => readFileSync(join(EMBEDDED_CHECKPOINT, name));

/** What is small in the embedded model's repository, and one thing that no pull needs. */
export const SMALL_FILES = {
  'README.md': Buffer.from('# Some model\n'),
  'config.json': embedded('config.json'),
  'generation_config.json': embedded('generation_config.json'),
  'tokenizer.json': embedded('tokenizer.json'),
};

/** Bytes that repeat nowhere. */
export function someBytes(count: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 16;
  });
}

/** For a pull from `hub` into `cacheDirectory` that waits for nothing, and what it said and waited. */
export function testContext(
  hub: HubServer,
  cacheDirectory: string,
  changes: Partial<HubContext['settings']> & { signal?: AbortSignal } = {},
) {
  const { signal = new AbortController().signal, ...settings } = changes;
  const said: string[] = [];
  const pausesMs: number[] = [];
  const context: HubContext = {
    settings: {
      endpoint: hub.url,
      cacheDirectory,
      token: undefined,
      isOffline: false,
      timeoutMs: 5_000,
      ...settings,
    },
    signal,
    log: (line) => said.push(line),
    pause: async (milliseconds) => {
      pausesMs.push(milliseconds);
    },
  };
  return { context, said, pausesMs };
}
