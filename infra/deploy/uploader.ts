import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Traffic } from './worker-state.ts';
import type { RunWrangler, WranglerOutput } from './wrangler.ts';

export interface Upload {
  /** Those that the worker lacks. */
  secrets: Record<string, string>;
  /** For whoever looks at the list of versions. */
  message: string;
}

/** Puts versions of one worker to Cloudflare, by wrangler. */
export class Uploader {
  readonly #config: string;
  readonly #folder: string;
  readonly #wrangler: RunWrangler;

  /** @param config wrangler's file, that says all of the worker @param folder of Tandem's own */
  constructor({ config, folder, wrangler }: { config: string; folder: string; wrangler: RunWrangler }) {
    this.#config = config;
    this.#folder = folder;
    this.#wrangler = wrangler;
  }

  /** A version that answers nothing yet. @returns its id */
  async uploadVersion(upload: Upload): Promise<string> {
    return versionOf(await this.#upload(['versions', 'upload'], upload), 'version-upload');
  }

  /** A version that answers everything. @returns its id */
  async deployAtOnce(upload: Upload): Promise<string> {
    return versionOf(await this.#upload(['deploy'], upload), 'deploy');
  }

  async setTraffic(traffic: Traffic): Promise<void> {
    const shares = traffic.map(({ version_id, percentage }) => `${version_id}@${percentage}%`);
    await this.#wrangler(['versions', 'deploy', ...shares, '--config', this.#config, '--yes']);
  }

  /** What belongs to no version: the address, routes, and what reads the queue. */
  async deployTriggers(): Promise<void> {
    await this.#wrangler(['triggers', 'deploy', '--config', this.#config]);
  }

  async #upload(command: string[], { secrets, message }: Upload): Promise<WranglerOutput[]> {
    // With the version, so that none is there without them, and the one that answers meanwhile keeps its own. In a file that
    // only we can read, and not on the command line, which every user of the machine can.
    const file = join(this.#folder, 'secrets.json');
    await writeFile(file, JSON.stringify(secrets), { mode: 0o600 });
    try {
      const args = [...command, '--config', this.#config, '--secrets-file', file, '--message', message];
      return (await this.#wrangler(args)).output;
    } finally {
      await rm(file, { force: true });
    }
  }
}

function versionOf(output: WranglerOutput[], type: string): string {
  const version = output.find((entry) => entry.type === type)?.version_id;
  if (typeof version === 'string') return version;
  throw new Error('wrangler does not tell the id of the version that it made. This is a bug.');
}
