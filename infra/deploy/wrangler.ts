import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { plainLine } from '../terminal/plain-text.ts';
import { UserError } from '../user-error.ts';
import { PROJECT, WRANGLER_MAIN } from '../paths.ts';

/** It asks nobody, tells nobody, and looks nothing up beside the call that it is for. */
export const OFFLINE_WRANGLER = {
  CI: '1',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  CLOUDFLARE_ENV: undefined,
  CLOUDFLARE_INCLUDE_PROCESS_ENV: 'false',
  NO_COLOR: '1',
  FORCE_COLOR: undefined,
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_SEND_METRICS: 'false',
};

/** What wrangler says for programs, one entry for each thing that it did. */
export interface WranglerOutput {
  type: string;
  version_id?: string | null;
  bundle_size?: { raw_bytes: number; gzip_bytes: number };
  targets?: string[];
}

export interface WranglerAnswer {
  stdout: string;
  output: WranglerOutput[];
}

export type RunWrangler = (args: string[]) => Promise<WranglerAnswer>;

/**
 * Runs wrangler to its end. It has a process group of its own, so that Ctrl-C reaches us alone: a call that has begun to change
 * something is finished, and then it is known how things are.
 * @throws {UserError} with wrangler's own words where it fails
 */
export async function runWrangler(args: string[], environment: NodeJS.ProcessEnv): Promise<WranglerAnswer> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-wrangler-'));
  const outputFile = join(folder, 'output.jsonl');
  try {
    const child = spawn(process.execPath, [WRANGLER_MAIN, ...args], {
      cwd: PROJECT,
      env: { ...environment, ...OFFLINE_WRANGLER, WRANGLER_OUTPUT_FILE_PATH: outputFile },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    if (code !== 0)
      throw new UserError(`wrangler ${args.slice(0, 2).join(' ')}: ${lastWords(stderr || stdout)}`);
    const lines = await readFile(outputFile, 'utf8').catch(() => '');
    return {
      stdout,
      output: lines
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as WranglerOutput),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const ERROR = /\[ERROR\]\s*([\s\S]*?)(?:\n\s*\n(?!\s{2})|$)/;
/** Cloudflare's codes for a token that may not do this, or is none. */
const REFUSED = /\[code: (10000|9109|10001|9106)\]/;

/** Why it failed, as one line, with what to do where that is known. */
export function lastWords(output: string): string {
  const said = stripVTControlCharacters(output);
  const words = plainLine(ERROR.exec(said)?.[1] ?? said.slice(-500))
    .replace(/\s+/g, ' ')
    .replace(/ If you think this is a bug.*$/, '');
  return REFUSED.test(words) ? `${words} ${PERMISSIONS}` : words;
}

export const PERMISSIONS =
  'The token needs the permissions Workers Scripts, Workers KV Storage and Queues, each to edit, and Account Settings to read.';
