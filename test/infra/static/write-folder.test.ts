import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeFolder } from '../../../infra/static/write-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-static-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const files = (entries: Record<string, string>) =>
  new Map(Object.entries(entries).map(([name, text]) => [name, Buffer.from(text)]));

async function found() {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name.slice(folder.length + 1), await readFile(name, 'utf8')]),
    ),
  );
}

it('leaves what it was given and nothing else', async () => {
  await writeFolder(folder, files({ 'widget.js': 'one', 'assets/widget-1.js': 'one' }));
  await writeFolder(folder, files({ 'widget.js': 'two', 'assets/widget-2.js': 'two' }));
  expect(await found()).toEqual({ 'widget.js': 'two', 'assets/widget-2.js': 'two' });
});

it('leaves a file alone that is as it was: whoever watches it has nothing to do', async () => {
  await writeFolder(folder, files({ 'widget.js': 'one' }));
  const before = await stat(join(folder, 'widget.js'));
  await writeFolder(folder, files({ 'widget.js': 'one', 'client.js': 'two' }));
  const after = await stat(join(folder, 'widget.js'));
  expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
});

it('may run twice at the same time', async () => {
  const names = Array.from({ length: 20 }, (_, index) => [`assets/${index}.js`, `file ${index}`] as const);
  const wanted = Object.fromEntries(names);
  await Promise.all([writeFolder(folder, files(wanted)), writeFolder(folder, files(wanted))]);
  expect(await found()).toEqual(wanted);
});
