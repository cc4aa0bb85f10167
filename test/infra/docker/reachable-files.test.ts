import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reachableFiles } from '../../../infra/docker/reachable-files.ts';
import { PROJECT } from '../../../infra/paths.ts';

const reach = (files: Record<string, string>) =>
  reachableFiles(['a/main.ts'], async (path) => files[path] ?? Promise.reject(new Error(`no ${path}`)));

describe('the files that a program reaches', () => {
  it.each([
    ['an import', "import { x } from '../b.ts';", ['a/main.ts', 'b.ts']],
    ['an import over several lines', "import {\n  x,\n  type Y,\n} from './b.ts';", ['a/b.ts', 'a/main.ts']],
    ['an import for its effect', "import './b.ts';", ['a/b.ts', 'a/main.ts']],
    ['an export of another file', "export { x } from './b.ts';", ['a/b.ts', 'a/main.ts']],
    ['an import in mid-run', "const b = await import('./b.ts');", ['a/b.ts', 'a/main.ts']],
    ['a JSON file', "import p from '../p.json' with { type: 'json' };", ['a/main.ts', 'p.json']],
    ["a thread's program", "const T = new URL('./b.ts', import.meta.url);", ['a/b.ts', 'a/main.ts']],
    ['no type, which is erased', "import type { X } from './b.ts';", ['a/main.ts']],
    ['no type that is passed on', "export type { X } from './b.ts';", ['a/main.ts']],
  ])('include %s', async (_, source, files) => {
    const project = {
      'a/main.ts': source,
      'a/b.ts': "import './main.ts';",
      'b.ts': '',
      'p.json': "from 'x'",
    };
    expect((await reach(project)).files).toEqual(files);
  });

  it('name the packages that are imported, without what is inside them and without Node itself', async () => {
    const source =
      "import 'node:fs';\nimport { a } from '@s/a/deep';\nimport b from 'b/c.js';\nimport type { D } from 'd';";
    expect((await reach({ 'a/main.ts': source })).packages).toEqual(['@s/a', 'b']);
  });

  it("are, for the backend, its own and shared ones, and not the edge's packages", async () => {
    const read = (path: string) => readFile(join(PROJECT, path), 'utf8');
    const { files, packages } = await reachableFiles(['gpu-backend/main.ts'], read);
    expect(files).toContain('gpu-backend/runtime/generation-session.ts');
    expect(files.filter((file) => !/^(gpu-backend|shared)\/|^package\.json$/.test(file))).toEqual([]);
    expect(packages).toContain('onnxruntime-node');
    expect(packages).not.toContain('@huggingface/tokenizers');
  });
});
