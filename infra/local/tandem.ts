import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BACKEND_MAIN, PROJECT, WRANGLER_MAIN } from '../paths.ts';
import type { CompiledModel } from './compiled-model.ts';
import { edgeConfig } from './edge-config.ts';
import { keptSecret } from './kept-secret.ts';
import { LOOPBACK } from './ports.ts';
import { Tier, type TierOptions } from './tier.ts';

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
  /** Further settings of the worker, in the place of wrangler.toml's. */
  edgeSettings?: object;
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
 * @throws {Error} the file system's, where it refuses the state
 */
export async function startLocalTandem(options: LocalTandemOptions): Promise<LocalTandem> {
  const backendUrl = `http://${LOOPBACK}:${options.backendPort}`;
  const edgeUrl = `http://${LOOPBACK}:${options.edgePort}`;
  const token = randomBytes(24).toString('base64url');
  await mkdir(join(options.stateDirectory, 'logs'), { recursive: true });
  const programs = [
    backendProgram(options, token),
    await edgeProgram(options, { BACKEND_URL: backendUrl, BACKEND_TOKEN: token }),
  ];
  options.signal.throwIfAborted();

  const tiers: Tier[] = [];
  // The edge first: it asks the backend.
  const stop = async () => {
    for (const tier of tiers.toReversed()) await tier.stop();
  };
  try {
    for (const program of programs) tiers.push(new Tier(program));
    const [backend, edge] = tiers as [Tier, Tier];
    const patience = { timeoutMs: READY_TIMEOUT_MS, signal: options.signal };
    await Promise.all([
      backend.ready(`${backendUrl}/v2/health/ready`, patience),
      edge.ready(`${edgeUrl}/healthz`, patience),
    ]);
    return { edgeUrl, backendUrl, backend, edge, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The backend. Its options that are not set here (MAX_BATCH_SIZE, …) come from this process's own environment. */
function backendProgram(options: LocalTandemOptions, token: string): TierOptions {
  const { model, backendPort, stateDirectory, verbose } = options;
  return {
    name: 'backend',
    script: [BACKEND_MAIN],
    workingDirectory: PROJECT,
    environment: {
      HOST: LOOPBACK,
      BACKEND_PORT: String(backendPort),
      MODEL_DIR: model.directory,
      MODEL_NAME: model.manifest.name,
      MODELS: undefined,
      BACKEND_TOKEN: token,
      BACKEND_TOKEN_FILE: undefined,
      TLS_CERT_FILE: undefined,
      TLS_KEY_FILE: undefined,
      TLS_CLIENT_CA_FILE: undefined,
    },
    logFile: join(stateDirectory, 'logs', 'backend.log'),
    verbose,
  };
}

// A start on a laptop needs nobody's network: no metrics, no look-ups, no questions. And the worker's variables are
// wrangler.toml's, whatever this process's own environment holds.
const WRANGLER_ENVIRONMENT = {
  CI: '1',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  CLOUDFLARE_ENV: undefined,
  CLOUDFLARE_INCLUDE_PROCESS_ENV: 'false',
  WRANGLER_SEND_METRICS: 'false',
  NO_COLOR: '1',
};

/** The edge, with its configuration and variables in files that are written here. */
async function edgeProgram(
  { model, edgePort, stateDirectory, verbose, edgeVariables, edgeSettings }: LocalTandemOptions,
  backendVariables: Record<string, string>,
): Promise<TierOptions> {
  const configFile = join(stateDirectory, 'wrangler.json');
  await writeFile(
    configFile,
    JSON.stringify({ ...(await edgeConfig(model.directory)), ...edgeSettings }, null, 2),
  );
  const variables = {
    MODEL_NAME: model.manifest.name,
    DEVELOPMENT_MODE: 'true',
    // So that keys can be made and tried here as they are where it is deployed.
    ADMIN_TOKEN: randomBytes(32).toString('base64url'),
    SESSION_TOKEN_SECRET: randomBytes(32).toString('base64url'),
    SEALING_SECRET: await keptSecret(join(stateDirectory, 'sealing-secret')),
    ...backendVariables,
    ...edgeVariables,
  };
  // In a file and not on the command line, where every user of the machine could read the token.
  const envFile = join(stateDirectory, 'edge.env');
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}\n`);
  await writeFile(envFile, lines.join(''), { mode: 0o600 });
  return {
    name: 'edge',
    script: [
      ...[WRANGLER_MAIN, 'dev', '--local', '--config', configFile, '--env-file', envFile],
      ...['--ip', LOOPBACK, '--port', String(edgePort), '--inspector-port', '0'],
      ...['--persist-to', join(stateDirectory, 'state'), '--show-interactive-dev-session=false'],
    ],
    workingDirectory: PROJECT,
    environment: WRANGLER_ENVIRONMENT,
    logFile: join(stateDirectory, 'logs', 'edge.log'),
    verbose,
    // It waits for the source to change then.
    givesUp: /Build failed with/,
  };
}

/** For a file of variables: what stands in single quotes is taken as it is, JSON too. */
function quoted(value: string): string {
  return value.includes("'") ? JSON.stringify(value) : `'${value}'`;
}
