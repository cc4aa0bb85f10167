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

it('a folder that cannot be made is refused, also where the system says that its parent is not there', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  await expect(makeFolder(join(file, 'below'))).rejects.toThrow('ENOTDIR');
  await expect(makeFolder('/proc/tandem/models')).rejects.toThrow('ENOENT');
});
