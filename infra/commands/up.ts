import { resolve } from 'node:path';
import { Command } from 'commander';
import { compiledModel } from '../local/compiled-model.ts';
import { portFromEnvironment, requireFreePort } from '../local/ports.ts';
import { type LocalTandem, startLocalTandem } from '../local/tandem.ts';
import type { Tier } from '../local/tier.ts';
import { EMBEDDED_CHECKPOINT, LOCAL_STATE } from '../paths.ts';

export function upCommand(): Command {
  return new Command('up')
    .description('run edge and backend on this machine (what "npm start" does)')
    .option('--model <dir>', 'a checkpoint or a compiled model', EMBEDDED_CHECKPOINT)
    .option('--state <dir>', 'where compiled models, sessions and logs are kept', LOCAL_STATE)
    .option('--verbose', "show both tiers' logs", false)
    .addHelpText('after', '\nEDGE_PORT (8787) and BACKEND_PORT (9000) choose the ports. Ctrl-C stops both.')
    .action(up);
}

async function up(options: { model: string; state: string; verbose: boolean }): Promise<void> {
  const { model, verbose } = options;
  const stateDirectory = resolve(options.state);
  const log = (line: string) => console.log(line);
  const edgePort = portFromEnvironment('EDGE_PORT', 8787);
  const backendPort = portFromEnvironment('BACKEND_PORT', 9000);
  await requireFreePort(edgePort, 'EDGE_PORT');
  await requireFreePort(backendPort, 'BACKEND_PORT');
  const signal = abortOnSignal();

  const compiled = await compiledModel(model, { stateDirectory, log });
  log(`Starting ${compiled.manifest.name} …`);
  let tandem: LocalTandem;
  try {
    tandem = await startLocalTandem({
      model: compiled,
      edgePort,
      backendPort,
      stateDirectory,
      verbose,
      signal,
    });
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  log(welcome(tandem.edgeUrl));

  const interrupted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined));
  });
  const endOf = (tier: Tier) => tier.ended.then(() => tier);
  const failed = await Promise.race([interrupted, endOf(tandem.edge), endOf(tandem.backend)]);
  if (failed === undefined) log('\nStopping …');
  await tandem.stop();
  if (failed !== undefined) throw failed.failure();
}

/** Aborted by Ctrl-C, by a polite kill and by the terminal's end. */
function abortOnSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort());
  return controller.signal;
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
