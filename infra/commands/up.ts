import { resolve } from 'node:path';
import { Command } from 'commander';
import { compiledModel } from '../local/compiled-model.ts';
import { portFromEnvironment, requireFreePort } from '../local/ports.ts';
import { startLocalTandem } from '../local/tandem.ts';
import type { Tier } from '../local/tier.ts';
import { EMBEDDED_CHECKPOINT, LOCAL_STATE } from '../paths.ts';
import { Interruption, untilInterrupted } from '../terminal/interruption.ts';
import { outliveOutput } from '../terminal/output-errors.ts';
import { UserError } from '../user-error.ts';

export function upCommand(): Command {
  return new Command('up')
    .description('run edge and backend on this machine (what "npm start" does)')
    .option('--model <dir>', 'a checkpoint or a compiled model', EMBEDDED_CHECKPOINT)
    .option('--state <dir>', 'where compiled models, sessions and logs are kept', LOCAL_STATE)
    .option('--verbose', "show both tiers' logs", false)
    .addHelpText(
      'after',
      `
EDGE_PORT (8787) and BACKEND_PORT (9000) choose the ports. The backend's other options (MAX_BATCH_SIZE, …)
are passed on to it, but for HOST, MODEL_DIR, MODEL_NAME and BACKEND_TOKEN, which are set here; the edge's
variables are wrangler.toml's. Ctrl-C stops both.`,
    )
    .action(up);
}

interface UpOptions {
  model: string;
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
async function serve({ model, state, verbose }: UpOptions, signal: AbortSignal): Promise<never> {
  const stateDirectory = resolve(state);
  const log = (line: string) => console.log(line);
  const ports = await choosePorts();
  const compiled = await compiledModel(model, { stateDirectory, log, signal });
  signal.throwIfAborted();
  log(`Starting ${compiled.manifest.name} …`);
  const tandem = await startLocalTandem({ model: compiled, ...ports, stateDirectory, verbose, signal });
  log(welcome(tandem.edgeUrl));
  try {
    return await Promise.race([abortOf(signal), endOf(tandem.edge), endOf(tandem.backend)]);
  } finally {
    if (signal.aborted) log('\nStopping …');
    await tandem.stop();
  }
}

async function choosePorts(): Promise<{ edgePort: number; backendPort: number }> {
  const edgePort = portFromEnvironment('EDGE_PORT', 8787);
  const backendPort = portFromEnvironment('BACKEND_PORT', 9000);
  if (edgePort === backendPort)
    throw new UserError(`EDGE_PORT and BACKEND_PORT are both ${edgePort}: choose two ports.`);
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
