import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { PROJECT } from '../../../infra/paths.ts';
import { command, whatIsMissing } from './commands.ts';
import { type ImageStore, makeBaseImages, makeImageStore } from './image-store.ts';

/** Where the backend's image lies, and the names of those it was made of; undefined where none can be built. */
declare module 'vitest' {
  interface ProvidedContext {
    backendImage: { storeFolder: string; base: string; build: string } | undefined;
  }
}

/** Builds the backend's image, once for all tests, as a person builds it, with images made of packages in place of public ones. */
export default async function buildImage({
  provide,
}: TestProject): Promise<(() => Promise<void>) | undefined> {
  const missing = await whatIsMissing();
  // Where this is meant to run, it does not stay unnoticed that it did not.
  if (missing !== undefined && process.env['CI']) throw new Error(missing);
  if (missing !== undefined) {
    console.warn(`The container is not tested here: ${missing}.`);
    provide('backendImage', undefined);
    return undefined;
  }
  const store = await makeImageStore();
  try {
    provide('backendImage', { storeFolder: store.folder, ...(await buildIn(store)) });
  } catch (error) {
    await store.remove();
    throw error;
  }
  return () => store.remove();
}

async function buildIn(store: ImageStore): Promise<{ base: string; build: string }> {
  const { base, build } = await makeBaseImages(store);
  const options = ['--builder', 'buildah', '--base', base, '--build-image', build, '--out', store.folder];
  await command(process.execPath, [join(PROJECT, 'infra/docker/build.ts'), ...options], store.environment);
  return { base, build };
}
