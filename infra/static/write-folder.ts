import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/**
 * Makes a folder hold these files and no others. Another process may read or write the same folder meanwhile: each file is
 * whole at any time, one that is as it was is left alone, and what is no longer needed goes last.
 */
export async function writeFolder(folder: string, files: Map<string, Uint8Array>): Promise<void> {
  await mkdir(folder, { recursive: true });
  const unfinished = await mkdtemp(`${folder}-`);
  try {
    for (const [name, contents] of files) {
      const path = join(folder, name);
      const present = await readFile(path).catch(() => null);
      if (present?.equals(contents)) continue;
      await mkdir(dirname(path), { recursive: true });
      await writeFile(join(unfinished, 'file'), contents);
      await rename(join(unfinished, 'file'), path);
    }
  } finally {
    await rm(unfinished, { recursive: true });
  }
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.has(relative(folder, path))) await rm(path, { force: true });
  }
}
