import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BACKEND_MAIN, PROJECT, WRANGLER_MAIN } from '../paths.ts';
import type { CompiledModel } from './compiled-model.ts';
import { LOOPBACK } from './ports.ts';
import { Tier } from './tier.ts';

export interface LocalTandemOptions {
  model: CompiledModel;
  edgePort: number;
  backendPort: number;
  verbose: boolean;
  /** Gives up the start when it is aborted. */
  signal: AbortSignal;
  /** Where sessions and logs are kept. */
  stateDirectory: string;
  /** Further variables for the worker, by wrangler.toml's names. */
  edgeVariables?: Record<string, string>;
}

/** Both tiers on this machine's loopback. */
export interface LocalTandem {
  edgeUrl: string;
  backendUrl: string;
  backend: Tier;
  edge: Tier;
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 120_000;

/**
 * Starts backend and edge and waits until both are ready.
 * @throws {UserError} where one is not, or the signal's reason; nothing is left running then
 */
export async function startLocalTandem(options: LocalTandemOptions): Promise<LocalTandem> {
  const logs = join(options.stateDirectory, 'logs');
  await mkdir(logs, { recursive: true });
  const backendUrl = `http://${LOOPBACK}:${options.backendPort}`;
  const edgeUrl = `http://${LOOPBACK}:${options.edgePort}`;
  const token = randomBytes(24).toString('base64url');
  const common = { workingDirectory: PROJECT, verbose: options.verbose };

  const backend = new Tier({
    ...common,
    name: 'backend',
    script: [BACKEND_MAIN],
    environment: {
      HOST: LOOPBACK,
      BACKEND_PORT: String(options.backendPort),
      MODEL_DIR: options.model.directory,
      BACKEND_TOKEN: token,
    },
    logFile: join(logs, 'backend.log'),
  });
  const edge = new Tier({
    ...common,
    name: 'edge',
    script: await wranglerDev({ ...options, backendUrl, token }),
    environment: WRANGLER_OFFLINE,
    logFile: join(logs, 'edge.log'),
  });
  const stop = async () => {
    await edge.stop();
    await backend.stop();
  };
  const patience = { timeoutMs: READY_TIMEOUT_MS, signal: options.signal };
  try {
    await Promise.all([
      backend.ready(`${backendUrl}/v2/health/ready`, patience),
      edge.ready(`${edgeUrl}/healthz`, patience),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { edgeUrl, backendUrl, backend, edge, stop };
}

// A start on a laptop needs nobody's network: no metrics, no look-ups, no questions.
const WRANGLER_OFFLINE = {
  CI: '1',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_SEND_METRICS: 'false',
  NO_COLOR: '1',
};

async function wranglerDev(options: LocalTandemOptions & { backendUrl: string; token: string }) {
  const { model, edgePort, stateDirectory, backendUrl, token, edgeVariables = {} } = options;
  const variables = {
    BACKEND_URL: backendUrl,
    MODEL_NAME: model.manifest.name,
    BACKEND_TOKEN: token,
    ...edgeVariables,
  };
  // In a file and not on the command line, where every user of the machine could read the token.
  const envFile = join(stateDirectory, 'edge.env');
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${JSON.stringify(value)}\n`);
  await writeFile(envFile, lines.join(''), { mode: 0o600 });
  const aliases = ['tokenizer.json', 'config.json', 'generation_config.json'].flatMap((file) => [
    '--alias',
    `tandem-model/${file}:${join(model.directory, file)}`,
  ]);
  return [
    WRANGLER_MAIN,
    'dev',
    '--local',
    ...['--ip', LOOPBACK, '--port', String(edgePort), '--inspector-port', '0'],
    ...['--env-file', envFile, '--persist-to', join(stateDirectory, 'state')],
    '--show-interactive-dev-session=false',
    ...aliases,
  ];
}
