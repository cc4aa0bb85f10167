import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { type Precision, PRECISIONS } from '../../gpu-backend/compiler/manifest.ts';
import { localCandidate, parseShare } from '../local/candidate.ts';
import { servableModel } from '../local/compiled-model.ts';
import { modelPlaces } from '../local/model-places.ts';
import { portFromEnvironment, requireFreePort } from '../local/ports.ts';
import {
  type LocalEdge,
  type LocalTandem,
  type RemoteBackend,
  startLocalEdge,
  startLocalTandem,
} from '../local/tandem.ts';
import type { Tier } from '../local/tier.ts';
import { EMBEDDED_CHECKPOINT, TANDEM_HOME } from '../paths.ts';
import { Interruption, untilInterrupted } from '../terminal/interruption.ts';
import { note, printJson } from '../terminal/output.ts';
import { outliveOutput } from '../terminal/output-errors.ts';
import { UsageError } from '../user-error.ts';
import { type JsonOption, withJson } from './json-option.ts';
import { precisionOption } from './model/precision-option.ts';

export function upCommand(): Command {
  const command = new Command('up')
    .description('run edge and backend on this machine (what "npm start" does)')
    .option(
      '--model <model>',
      "what to serve: a pulled model's id, a compiled model's name, or a folder",
      EMBEDDED_CHECKPOINT,
    )
    .addOption(precisionOption('how a checkpoint is compiled on its first use'))
    .option('--candidate <model>', 'a second model beside it, to be compared with it, named as --model')
    .addOption(
      new Option('--candidate-precision <precision>', 'how its checkpoint is compiled').choices(PRECISIONS),
    )
    .option(
      '--candidate-share <part>',
      'its part of the new sessions, 0 to 1; with 0 it has those who ask for it by name',
      parseShare,
      0,
    )
    .option(
      '--backend <url>',
      'a backend that runs already (Tandem, Triton, KServe), in the place of one of its own; its token in BACKEND_TOKEN',
    )
    .option('--state <dir>', 'where sessions and logs are kept', TANDEM_HOME)
    .addOption(new Option('--verbose', "show both tiers' logs").default(false).conflicts('json'));
  return withJson(
    command,
    'once it is ready, the "model", "edge_url" and, where one was started, "backend_url"',
  )
    .addHelpText(
      'after',
      `
EDGE_PORT (8787) and BACKEND_PORT (9000) choose the ports. The backend's other options (MAX_BATCH_SIZE, …)
are passed on to it, but for HOST, its models, BACKEND_TOKEN and TLS, which are set here; the edge's
variables are wrangler.toml's. Ctrl-C stops both.

Examples:
  tandem up                                                  the embedded model
  tandem up --model facebook/blenderbot-400M-distill         after "tandem model pull" of it
  tandem up --model ./my-checkpoint                          compiled first, once
  tandem up --candidate models/tandem-mini --candidate-precision int8 --candidate-share 0.2
  tandem up --backend http://127.0.0.1:8000                  the edge alone, before a Triton with the same model`,
    )
    .action(up);
}

interface UpOptions extends JsonOption {
  model: string;
  precision?: Precision;
  candidate?: string;
  candidatePrecision?: Precision;
  candidateShare: number;
  backend?: string;
  state: string;
  verbose: boolean;
}

async function up(options: UpOptions): Promise<void> {
  // What closes the terminal, or stops reading, must not keep us from stopping the tiers.
  outliveOutput();
  const interruption = untilInterrupted();
  process.once('uncaughtException', (error) => interruption.abort(error));
  try {
    await serve(options, interruption.signal);
  } catch (error) {
    // It is how one stops it, and no failure.
    if (!(error instanceof Interruption)) throw error;
  }
}

/** Runs until something ends it: a tier does, or the signal is aborted. Throws what it was; nothing is left running. */
async function serve(options: UpOptions, signal: AbortSignal): Promise<never> {
  const { model, precision, verbose, json } = options;
  const stateDirectory = resolve(options.state);
  const log = json ? note : (line: string) => console.log(line);
  const backend = options.backend === undefined ? undefined : remoteBackend(options.backend);
  const ports = await choosePorts(options);
  const compile = (name: string, wanted?: Precision) =>
    servableModel(name, { ...modelPlaces(), ...(wanted && { precision: wanted }), log, signal });
  const compiled = await compile(model, precision);
  const candidate =
    options.candidate === undefined
      ? undefined
      : localCandidate(await compile(options.candidate, options.candidatePrecision), {
          ...{ beside: compiled, share: options.candidateShare },
        });
  signal.throwIfAborted();
  log(`Starting ${[compiled.manifest.name, ...(candidate ? [candidate.name] : [])].join(' and ')} …`);
  const starting = {
    ...{ model: compiled, ...ports, stateDirectory, verbose, signal },
    ...(candidate && { candidate }),
  };
  const tandem =
    backend === undefined ? await startLocalTandem(starting) : await startLocalEdge(starting, backend);
  if (json) printJson({ model: compiled.manifest.name, ...addressesOf(tandem) });
  else log(welcome(tandem.edgeUrl));
  try {
    return await Promise.race([abortOf(signal), ...tandem.tiers.map(endOf)]);
  } finally {
    if (signal.aborted) log('\nStopping …');
    await tandem.stop();
  }
}

/** Those of the tiers that were started. */
function addressesOf(tandem: LocalEdge | LocalTandem) {
  return { edge_url: tandem.edgeUrl, ...('backendUrl' in tandem && { backend_url: tandem.backendUrl }) };
}

/** @throws {UsageError} where it is no address */
function remoteBackend(url: string): RemoteBackend {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError(`--backend is ${JSON.stringify(url)}: an address begins with http:// or https://.`);
  return { url: url.replace(/\/+$/, ''), token: process.env['BACKEND_TOKEN'] };
}

async function choosePorts({ backend }: UpOptions): Promise<{ edgePort: number; backendPort: number }> {
  const edgePort = portFromEnvironment('EDGE_PORT', 8787);
  const backendPort = portFromEnvironment('BACKEND_PORT', 9000);
  if (backend !== undefined) {
    await requireFreePort(edgePort, 'EDGE_PORT');
    return { edgePort, backendPort };
  }
  if (edgePort === backendPort)
    throw new UsageError(`EDGE_PORT and BACKEND_PORT are both ${edgePort}: choose two ports.`);
  await requireFreePort(edgePort, 'EDGE_PORT');
  await requireFreePort(backendPort, 'BACKEND_PORT');
  return { edgePort, backendPort };
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

async function endOf(tier: Tier): Promise<never> {
  await tier.ended;
  throw tier.failure();
}

function welcome(edgeUrl: string): string {
  return `
Tandem is ready.

  Chat in a browser    ${edgeUrl}/
  Chat here            npm run -s tandem -- chat
  Call it              curl ${edgeUrl}/v1/chat/completions \\
                         -H 'content-type: application/json' \\
                         -d '{"messages": [{"role": "user", "content": "Hello! Do you have any pets?"}]}'

Ctrl-C stops everything.`;
}
