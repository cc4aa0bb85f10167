import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../gpu-backend/compiler/make-folder.ts';
import { BACKEND_MAIN, PROJECT, WRANGLER_MAIN } from '../paths.ts';
import type { LocalCandidate } from './candidate.ts';
import type { CompiledModel } from './compiled-model.ts';
import { edgeConfig } from './edge-config.ts';
import { keptSecret } from './kept-secret.ts';
import { LOOPBACK } from './ports.ts';
import { Tier, type TierOptions } from './tier.ts';

export interface LocalEdgeOptions {
  model: CompiledModel;
  /** A second model beside it; none if left out. */
  candidate?: LocalCandidate;
  edgePort: number;
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

export interface LocalTandemOptions extends LocalEdgeOptions {
  backendPort: number;
}

/** A backend that runs already: Tandem's, Triton, or another server of the protocol. */
export interface RemoteBackend {
  url: string;
  token: string | undefined;
}

/** The edge on this machine's loopback. */
export interface LocalEdge {
  edgeUrl: string;
  edge: Tier;
  /** All that were started. */
  tiers: Tier[];
  stop(): Promise<void>;
}

/** Both tiers. */
export interface LocalTandem extends LocalEdge {
  backendUrl: string;
  backend: Tier;
}

const READY_TIMEOUT_MS = 120_000;

/**
 * Starts backend and edge and waits until both are ready.
 * @throws {UserError} where one is not, or the signal's reason; nothing is left running then
 * @throws {Error} the file system's, where it refuses the state
 */
export async function startLocalTandem(options: LocalTandemOptions): Promise<LocalTandem> {
  const backendUrl = `http://${LOOPBACK}:${options.backendPort}`;
  const token = randomBytes(24).toString('base64url');
  const { tiers, stop } = await startTiers(options, [
    { program: async () => backendProgram(options, token), readyUrl: `${backendUrl}/v2/health/ready` },
    edgeStart(options, { url: backendUrl, token }),
  ]);
  const [backend, edge] = tiers as [Tier, Tier];
  return { edgeUrl: edgeUrlOf(options), backendUrl, backend, edge, tiers, stop };
}

/**
 * Starts the edge before a backend that runs elsewhere, and waits until both are ready.
 * @throws as `startLocalTandem`
 */
export async function startLocalEdge(options: LocalEdgeOptions, backend: RemoteBackend): Promise<LocalEdge> {
  const { tiers, stop } = await startTiers(options, [edgeStart(options, backend)]);
  return { edgeUrl: edgeUrlOf(options), edge: tiers[0]!, tiers, stop };
}

interface TierStart {
  program: () => Promise<TierOptions>;
  /** What answers with 200 once it is ready. */
  readyUrl: string;
}

function edgeUrlOf({ edgePort }: LocalEdgeOptions): string {
  return `http://${LOOPBACK}:${edgePort}`;
}

function edgeStart(options: LocalEdgeOptions, { url, token = '' }: RemoteBackend): TierStart {
  const variables = { BACKEND_URL: url, BACKEND_TOKEN: token };
  return { program: () => edgeProgram(options, variables), readyUrl: `${edgeUrlOf(options)}/healthz` };
}

/** Starts programs and waits until all are ready. They are stopped in the reverse order: what asks goes before what is asked. */
async function startTiers({ stateDirectory, signal }: LocalEdgeOptions, starts: TierStart[]) {
  // What people said lies in one, and wrangler writes sessions' ids into the other: both are their owner's alone.
  for (const folder of ['state', 'logs']) await makeFolder(join(stateDirectory, folder), 0o700);
  const programs = await Promise.all(starts.map(({ program }) => program()));
  signal.throwIfAborted();

  const tiers: Tier[] = [];
  const stop = async () => {
    for (const tier of tiers.toReversed()) await tier.stop();
  };
  try {
    for (const program of programs) tiers.push(new Tier(program));
    const patience = { timeoutMs: READY_TIMEOUT_MS, signal };
    await Promise.all(tiers.map((tier, index) => tier.ready(starts[index]!.readyUrl, patience)));
    return { tiers, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The backend. Its options that are not set here (MAX_BATCH_SIZE, …) come from this process's own environment. */
function backendProgram(options: LocalTandemOptions, token: string): TierOptions {
  const { model, candidate, backendPort, stateDirectory, verbose } = options;
  return {
    name: 'backend',
    script: [BACKEND_MAIN],
    workingDirectory: PROJECT,
    environment: {
      HOST: LOOPBACK,
      BACKEND_PORT: String(backendPort),
      MODEL_DIR: model.directory,
      MODEL_NAME: model.manifest.name,
      MODELS: candidate && `${candidate.name}=${candidate.model.directory}`,
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
  { model, candidate, edgePort, stateDirectory, verbose, edgeVariables, edgeSettings }: LocalEdgeOptions,
  backendVariables: Record<string, string>,
): Promise<TierOptions> {
  const configFile = join(stateDirectory, 'wrangler.json');
  await writeFile(
    configFile,
    JSON.stringify({ ...(await edgeConfig(model.directory)), ...edgeSettings }, null, 2),
  );
  const variables = {
    MODEL_NAME: model.manifest.name,
    ...(candidate && { CANDIDATE_MODEL_NAME: candidate.name, CANDIDATE_SHARE: String(candidate.share) }),
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
