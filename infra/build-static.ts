/**
 * Builds what the edge serves besides the worker, and says what it weighs: `npm run build:static`. wrangler ([build] in
 * wrangler.toml) and the tests run it by themselves.
 */
import { STATIC_FOLDER, STATIC_LIST_FOLDER } from './paths.ts';
import { checkBudgets } from './static/budgets.ts';
import { buildStatic } from './static/build.ts';
import { referenceHtml } from './static/reference.ts';
import { writeFolder } from './static/write-folder.ts';
import { formatTable } from './terminal/table.ts';
import { UserError } from './user-error.ts';

/** Also a setup of vitest's. */
export async function setup(): Promise<void> {
  const { contents, hashed } = await buildStatic();
  checkBudgets(hashed);
  await writeFolder(STATIC_FOLDER, contents);
  const forWorker = {
    'files.json': JSON.stringify(hashed, null, 2),
    'reference.html.txt': await referenceHtml(),
  };
  await writeFolder(
    STATIC_LIST_FOLDER,
    new Map(Object.entries(forWorker).map(([name, text]) => [name, Buffer.from(text)])),
  );
  const rows = Object.values(hashed).map(({ path, bytes, gzipBytes, integrity }) => [
    path,
    String(bytes),
    String(gzipBytes),
    integrity,
  ]);
  console.log(formatTable(['static file', 'bytes', 'gzip', 'integrity'], rows));
}

if (import.meta.main) {
  await setup().catch((error) => {
    console.error(error instanceof UserError ? error.message : error);
    process.exitCode = 1;
  });
}
