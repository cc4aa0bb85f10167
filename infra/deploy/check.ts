/** Bundles the worker for each environment as wrangler would deploy it, and deploys nothing: `npm run deploy:check`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { PROJECT, WRANGLER_MAIN } from '../paths.ts';
import { OFFLINE_WRANGLER } from './wrangler.ts';

// All at once: a bundle takes seconds, mostly those of wrangler's own start.
const results = await Promise.all(
  ['', 'staging', 'production'].map(async (environment) => {
    const folder = `.wrangler/dry-run/${environment || 'development'}`;
    const args = [WRANGLER_MAIN, 'deploy', '--dry-run', '--env', environment, '--outdir', folder];
    const child = spawn(process.execPath, args, {
      cwd: PROJECT,
      env: { ...process.env, ...OFFLINE_WRANGLER },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, errors, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { environment, out, errors, code };
  }),
);
for (const { environment, out, errors, code } of results) {
  console.log(`\n== ${environment || 'development'}\n${out}${errors}`);
  if (code !== 0) process.exitCode = 1;
}
