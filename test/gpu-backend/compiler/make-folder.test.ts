import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../../gpu-backend/compiler/make-folder.ts';
import { temporaryFolder } from './temporary-folder.ts';

it('a folder is made with those above it, and may be there already', async () => {
  const folder = join(await temporaryFolder(), 'a', 'b', 'c');
  await makeFolder(folder);
  await makeFolder(folder);
  expect((await stat(folder)).isDirectory()).toBe(true);
});

it('a folder may be made for its owner alone, and those above it are as usual', async () => {
  const folder = join(await temporaryFolder(), 'above', 'own');
  await makeFolder(folder, 0o700);
  const others = async (path: string) => (await stat(path)).mode & 0o077;
  expect(await others(folder)).toBe(0);
  expect(await others(join(folder, '..'))).not.toBe(0);
});

it('a folder that cannot be made is refused, also where the system says that its parent is not there', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  await expect(makeFolder(join(file, 'below'))).rejects.toThrow('ENOTDIR');
  await expect(makeFolder('/proc/tandem/models')).rejects.toThrow('ENOENT');
});
