import { readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../gpu-backend/compiler/make-folder.ts';
import { describeSystemError } from '../../gpu-backend/compiler/checkpoint/checkpoint-error.ts';
import { ModelConfigError, parseModelConfig } from '../../shared/model-config.ts';
import { formatBytes } from '../terminal/quantities.ts';
import { UserError } from '../user-error.ts';
import { findPulled, ModelCache, type Snapshot } from './cache.ts';
import { download, partialBytes } from './download.ts';
import type { HubContext } from './hub-context.ts';
import { formatReference, type ModelReference } from './model-reference.ts';
import { isIndex, neededSmallFiles, shardsOf, weightsFile } from './needed-files.ts';
import { lockFile, withLock } from './pull-lock.ts';
import { type RemoteFile, type RemoteRevision, readRevision } from './repository.ts';

export interface Pulled {
  snapshot: Snapshot;
  /** What came over the network; 0 where everything was there. */
  fetchedBytes: number;
}

/** How far the weights, which are nearly all of a model, have come. */
type OnProgress = (doneBytes: number, totalBytes: number) => void;

/**
 * Brings a model of the hub into the cache: configuration, tokenizer and one kind of weights, and nothing else that its
 * repository holds. Files that are there already are not fetched again, whichever program fetched them.
 * @throws {UserError | CheckpointError} one line with what to do; what has come is kept for the next attempt
 * @throws the signal's reason once it is aborted
 */
export async function pull(
  reference: ModelReference,
  { context, onProgress }: { context: HubContext; onProgress: OnProgress },
): Promise<Pulled> {
  const { settings } = context;
  if (settings.isOffline) return { snapshot: await requireCached(reference, settings), fetchedBytes: 0 };
  const lock = lockFile(settings.cacheDirectory, reference.id);
  try {
    return await withLock(lock, reference.id, async () => {
      const remote = await readRevision(reference, context);
      const fetching = new Fetching(reference, remote, { context, onProgress });
      const files = await fetching.everything();
      await fetching.cache.writeSnapshot(remote.commit, files);
      await fetching.cache.writeRef(reference.revision ?? 'main', remote.commit);
      const snapshot = await findPulled(settings.cacheDirectory, { ...reference, revision: remote.commit });
      if (snapshot === undefined)
        throw new Error(`${reference.id} is not whole after it was pulled. This is a bug.`);
      return { snapshot, fetchedBytes: fetching.fetchedBytes };
    });
  } catch (error) {
    throw describeSystemError(settings.cacheDirectory, error);
  }
}

async function requireCached(
  reference: ModelReference,
  { cacheDirectory }: { cacheDirectory: string },
): Promise<Snapshot> {
  const snapshot = await findPulled(cacheDirectory, reference);
  if (snapshot !== undefined) return snapshot;
  throw new UserError(
    `${formatReference(reference)} is not in ${cacheDirectory}, and HF_HUB_OFFLINE forbids to fetch it: unset that.`,
  );
}

// Nothing but weights is larger; what is read whole must not fill the memory.
const LARGEST_SMALL_FILE_BYTES = 64 * 2 ** 20;

/** One pull under way. */
class Fetching {
  readonly cache: ModelCache;
  fetchedBytes = 0;
  readonly #reference: ModelReference;
  readonly #remote: RemoteRevision;
  readonly #context: HubContext;
  readonly #onProgress: OnProgress;

  constructor(
    reference: ModelReference,
    remote: RemoteRevision,
    { context, onProgress }: { context: HubContext; onProgress: OnProgress },
  ) {
    this.cache = new ModelCache(context.settings.cacheDirectory, reference.id);
    this.#reference = reference;
    this.#remote = remote;
    this.#context = context;
    this.#onProgress = onProgress;
  }

  /** All needed files as blobs of the cache: names and digests. The small ones first: they tell whether the large are of use. */
  async everything(): Promise<Map<string, string>> {
    await makeFolder(join(this.cache.directory, 'blobs'));
    const names = new Set(this.#remote.files.keys());
    const weights = weightsFile(names);
    if (!names.has('config.json')) throw this.#unfit('has no config.json');
    if (weights === undefined) throw this.#unfit('has neither model.safetensors nor pytorch_model.bin');
    const small = neededSmallFiles(names);
    const files = await this.#fetchSmall(isIndex(weights) ? [...small, weights] : small);
    await this.#requireServable();
    const large = isIndex(weights)
      ? shardsOf(weights, await this.#read(weights)).map((name) => this.#remoteFile(name, weights))
      : [this.#remoteFile(weights, 'the list of files')];
    await this.#fetchLarge(large);
    return new Map([...files, ...large].map(({ name, hash }) => [name, hash.digest]));
  }

  async #fetchSmall(names: string[]): Promise<RemoteFile[]> {
    const files = names.map((name) => this.#remoteFile(name, 'the list of files'));
    for (const file of files) {
      if (file.bytes > LARGEST_SMALL_FILE_BYTES)
        throw this.#unfit(`lists a ${file.name} of ${formatBytes(file.bytes)}`);
      await this.#fetch(file, () => {});
    }
    return files;
  }

  async #fetchLarge(files: RemoteFile[]): Promise<void> {
    const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    await this.#requireSpace(files);
    let doneBytes = 0;
    for (const file of files) {
      await this.#fetch(file, (bytes) => this.#onProgress(doneBytes + bytes, totalBytes));
      doneBytes += file.bytes;
    }
  }

  async #fetch(file: RemoteFile, onBytes: (bytes: number) => void): Promise<void> {
    const target = this.cache.blob(file.hash.digest);
    if ((await sizeOf(target)) === file.bytes) return;
    const { endpoint } = this.#context.settings;
    const path = `${this.#reference.id}/resolve/${this.#remote.commit}/${encodeURIComponent(file.name)}`;
    const before = await partialBytes(target);
    const task = { reference: this.#reference, url: `${endpoint}/${path}`, file, target, onBytes };
    await download(task, this.#context);
    this.fetchedBytes += Math.max(0, file.bytes - before);
  }

  async #requireSpace(files: RemoteFile[]): Promise<void> {
    let missingBytes = 0;
    for (const { hash, bytes } of files) {
      const target = this.cache.blob(hash.digest);
      if ((await sizeOf(target)) !== bytes)
        missingBytes += bytes - Math.min(bytes, await partialBytes(target));
    }
    const { bavail, bsize } = await statfs(this.cache.directory);
    if (missingBytes <= bavail * bsize) return;
    throw new UserError(
      `${formatReference(this.#reference)} needs ${formatBytes(missingBytes)} more, and ${this.cache.directory} has ` +
        `room for ${formatBytes(bavail * bsize)}: make room, or name another folder with HF_HUB_CACHE.`,
    );
  }

  /** Refuses another architecture before its weights, which may be a hundred gigabytes, are fetched. */
  async #requireServable(): Promise<void> {
    try {
      parseModelConfig(JSON.parse(await this.#read('config.json')));
    } catch (error) {
      if (!(error instanceof ModelConfigError || error instanceof SyntaxError)) throw error;
      throw this.#unfit(`cannot be served: config.json: ${error.message}`);
    }
  }

  #remoteFile(name: string, from: string): RemoteFile {
    const file = this.#remote.files.get(name);
    if (file === undefined) throw this.#unfit(`does not have the file ${name} that ${from} names`);
    return file;
  }

  async #read(name: string): Promise<string> {
    return readFile(this.cache.blob(this.#remoteFile(name, 'the list of files').hash.digest), 'utf8');
  }

  #unfit(cause: string): UserError {
    return new UserError(`${formatReference(this.#reference)} ${cause}.`);
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}
