import {
  chmod,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../gpu-backend/compiler/make-folder.ts';
import { isCommit, type ModelReference, parseModelReference } from './model-reference.ts';
import { isIndex, shardsOf, weightsFile } from './needed-files.ts';

/**
 * The cache folders that all programs of the hub share, of one model:
 * blobs/HASH holds a content, snapshots/COMMIT/NAME links to it, refs/REVISION holds a commit.
 */
export class ModelCache {
  readonly id: string;
  readonly directory: string;

  constructor(cacheDirectory: string, id: string) {
    this.id = id;
    this.directory = join(cacheDirectory, `models--${id.replaceAll('/', '--')}`);
  }

  blob(digest: string): string {
    return join(this.directory, 'blobs', digest);
  }

  snapshotDirectory(commit: string): string {
    return join(this.directory, 'snapshots', commit);
  }

  /** The commit that a revision stood for when it was last pulled. */
  async commitOf(revision: string): Promise<string | undefined> {
    if (isCommit(revision)) return revision;
    const text = await readFile(join(this.directory, 'refs', revision), 'utf8').catch(() => '');
    return isCommit(text.trim()) ? text.trim() : undefined;
  }

  /** Remembers what a revision stands for; a commit stands for itself. */
  async writeRef(revision: string, commit: string): Promise<void> {
    if (isCommit(revision)) return;
    const path = join(this.directory, 'refs', revision);
    await makeFolder(dirname(path));
    // A reader finds the old commit or the new one.
    await writeFile(`${path}.${process.pid}.tmp`, commit);
    await rename(`${path}.${process.pid}.tmp`, path);
  }

  /** Names blobs as the files of a commit. A snapshot that was not there appears whole. */
  async writeSnapshot(commit: string, files: ReadonlyMap<string, string>): Promise<void> {
    const snapshot = this.snapshotDirectory(commit);
    await makeFolder(dirname(snapshot));
    if (await exists(snapshot)) return addLinks(snapshot, files);
    const unfinished = await mkdtemp(join(this.directory, '.unfinished-'));
    try {
      await addLinks(unfinished, files);
      // A temporary folder is its maker's alone; the cache may be shared.
      await chmod(unfinished, 0o755);
      await rename(unfinished, snapshot);
    } catch (error) {
      await rm(unfinished, { recursive: true });
      throw error;
    }
  }

  /** The snapshots of the cache that hold a whole model. */
  async snapshots(): Promise<Snapshot[]> {
    const commits = (await names(join(this.directory, 'snapshots'))).filter(isCommit);
    const revisions = await this.#revisions();
    const snapshots = await Promise.all(
      commits.map(async (commit): Promise<Snapshot | undefined> => {
        const directory = this.snapshotDirectory(commit);
        const files = await wholeFiles(directory);
        if (files === undefined) return undefined;
        const pulledMs = Math.max(...files.map(({ modifiedMs }) => modifiedMs));
        const ofCommit = revisions.filter((revision) => revision.commit === commit);
        return {
          id: this.id,
          commit,
          revisions: ofCommit.map(({ name }) => name),
          directory,
          files: files.map(({ name, bytes }) => ({ name, bytes })),
          pulledAt: new Date(pulledMs),
        };
      }),
    );
    return snapshots.filter((snapshot) => snapshot !== undefined);
  }

  async isThere(): Promise<boolean> {
    return exists(this.directory);
  }

  /** What the model takes on the disk: every content once, unfinished ones too. */
  async bytes(): Promise<number> {
    const blobs = await names(join(this.directory, 'blobs'));
    const states = await Promise.all(blobs.map((name) => lstat(join(this.directory, 'blobs', name))));
    return states.reduce((sum, { size }) => sum + size, 0);
  }

  async #revisions(): Promise<{ name: string; commit: string }[]> {
    const entries = await readdir(join(this.directory, 'refs'), { recursive: true }).catch(() => []);
    const revisions = await Promise.all(
      entries.map(async (name) => ({ name, commit: (await this.commitOf(name)) ?? '' })),
    );
    return revisions.sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

/** A revision of a model as it lies in the cache, with all that a build needs. */
export interface Snapshot {
  id: string;
  commit: string;
  /** The branches and tags that stood for the commit when they were last asked for. */
  revisions: string[];
  directory: string;
  files: { name: string; bytes: number }[];
  pulledAt: Date;
}

/** Every whole model in the cache, whichever program put it there. */
export async function listPulled(cacheDirectory: string): Promise<Snapshot[]> {
  const found: Snapshot[] = [];
  for (const name of (await names(cacheDirectory)).sort()) {
    const id = name.startsWith('models--') ? name.slice('models--'.length).replace('--', '/') : '';
    if (parseModelReference(id)?.id === id)
      found.push(...(await new ModelCache(cacheDirectory, id).snapshots()));
  }
  return found;
}

/**
 * The snapshot that a reference means: its revision's; without one main's, or the only one that there is.
 * `undefined` where it was not pulled, or not whole.
 */
export async function findPulled(
  cacheDirectory: string,
  { id, revision }: ModelReference,
): Promise<Snapshot | undefined> {
  const cache = new ModelCache(cacheDirectory, id);
  const snapshots = await cache.snapshots();
  const commit = await cache.commitOf(revision ?? 'main');
  const meant = snapshots.find((snapshot) => snapshot.commit === commit);
  if (meant !== undefined || revision !== undefined) return meant;
  return snapshots.length === 1 ? snapshots[0] : undefined;
}

/** A snapshot's files, if config.json and weights, with every shard, are among them. */
async function wholeFiles(
  directory: string,
): Promise<{ name: string; bytes: number; modifiedMs: number }[] | undefined> {
  const files = [];
  for (const name of (await names(directory)).sort()) {
    // A link whose blob is gone is no file.
    const state = await stat(join(directory, name)).catch(() => undefined);
    if (state?.isFile()) files.push({ name, bytes: state.size, modifiedMs: state.mtimeMs });
  }
  const present = new Set(files.map(({ name }) => name));
  const weights = weightsFile(present);
  if (!present.has('config.json') || weights === undefined) return undefined;
  if (!isIndex(weights)) return files;
  try {
    const shards = shardsOf(weights, await readFile(join(directory, weights), 'utf8'));
    return shards.every((name) => present.has(name)) ? files : undefined;
  } catch {
    return undefined;
  }
}

/** @param files names in the snapshot and the digests of their blobs */
async function addLinks(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, digest] of files) {
    const path = join(folder, name);
    // Relative, as the other programs do it: the cache may be moved.
    const target = join('..', '..', 'blobs', digest);
    if ((await readlink(path).catch(() => '')) === target) continue;
    await rm(path, { force: true });
    await symlink(target, path);
  }
}

const names = (directory: string): Promise<string[]> => readdir(directory).catch(() => []);

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
