import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';
import { edgeConfig } from '../../../infra/local/edge-config.ts';
import { PROJECT, WRANGLER_MAIN } from '../../../infra/paths.ts';
import { freePort } from '../free-port.ts';

/** The worker in workerd, as `wrangler dev` runs it: with its real objects, alarms and storage, which outlive it in a folder. */
export interface EdgeProcess {
  url: string;
  /** At once and without a word: wrangler and its workerd. */
  kill(): Promise<void>;
}

const MODEL = join(PROJECT, 'models/tandem-mini');
const NO_LIMIT = { limit: 1_000_000_000, period: 60 };

export async function startEdge(options: {
  state: string;
  /** The worker's, over wrangler.toml's. */
  variables: Record<string, unknown>;
}): Promise<EdgeProcess> {
  const { state, variables } = options;
  const config = (await edgeConfig(MODEL)) as { vars: object; ratelimits: object[] };
  const configFile = join(state, 'wrangler.json');
  const changed = {
    ...config,
    vars: { ...config.vars, DEVELOPMENT_MODE: 'true', SEALING_SECRET: 's'.repeat(40), ...variables },
    // The limits stay in the way of each request, and let all of them through.
    ratelimits: config.ratelimits.map((limit) => ({ ...limit, simple: NO_LIMIT })),
  };
  await writeFile(configFile, JSON.stringify(changed));
  const port = await freePort();
  const script = [
    ...[WRANGLER_MAIN, 'dev', '--local', '--config', configFile, '--persist-to', join(state, 'state')],
    ...['--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0'],
    '--show-interactive-dev-session=false',
  ];
  const environment = { CI: '1', CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' };
  const child = spawn(process.execPath, script, {
    cwd: PROJECT,
    env: { ...process.env, ...environment },
    stdio: 'ignore',
    detached: true,
  });
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'close');
    process.kill(-child.pid!, 'SIGKILL');
    await ended;
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await vi.waitFor(async () => void (await fetch(`${url}/healthz`)), { timeout: 60_000, interval: 100 });
  } catch (error) {
    await kill();
    throw error;
  }
  return { url, kill };
}
