import { setTimeout } from 'node:timers/promises';
import { Command } from 'commander';
import type { HubContext } from '../../hub/hub-context.ts';
import {
  formatReference,
  isRevision,
  type ModelReference,
  parseModelReference,
} from '../../hub/model-reference.ts';
import { type Pulled, pull } from '../../hub/pull.ts';
import { readHubSettings } from '../../hub/settings.ts';
import { Interruption, untilInterrupted } from '../../terminal/interruption.ts';
import { note, printJson } from '../../terminal/output.ts';
import { progressLine } from '../../terminal/progress.ts';
import { formatBytes, formatSeconds, totalBytes } from '../../terminal/quantities.ts';
import { UsageError } from '../../user-error.ts';
import { type JsonOption, withJson } from '../json-option.ts';
import { pulledFacts } from './facts.ts';

export function pullCommand(): Command {
  const command = new Command('pull')
    .description('fetch a model from the Hugging Face hub: configuration, tokenizer and weights')
    .argument('<model>', 'its id, as "facebook/blenderbot-400M-distill", or id@revision')
    .option('--revision <revision>', 'a branch, a tag or a commit (default: main)');
  return withJson(command, 'the model as "model info --json" has it, and "fetched_bytes"')
    .addHelpText(
      'after',
      `
A pull that was cut off goes on where it was when it is run again. What has come is checked against the hub's hashes.
Nothing is fetched that is there already, whichever program fetched it.

Environment, as for the hub's other programs: HF_TOKEN (for private and gated models), HF_HOME and HF_HUB_CACHE (where
models are kept), HF_ENDPOINT (another hub), HF_HUB_OFFLINE=1 (fetch nothing), HF_HUB_DOWNLOAD_TIMEOUT (seconds).
Behind a proxy: NODE_USE_ENV_PROXY=1 with HTTPS_PROXY.

Examples:
  tandem model pull facebook/blenderbot-400M-distill
  tandem model pull facebook/blenderbot-3B --revision refs/pr/1
  HF_HOME=/data/huggingface tandem model pull facebook/blenderbot-1B-distill`,
    )
    .action(pullModel);
}

async function pullModel(model: string, options: JsonOption & { revision?: string }): Promise<void> {
  const reference = readReference(model, options.revision);
  const name = formatReference(reference);
  const settings = await readHubSettings();
  const progress = progressLine(name);
  const log = (line: string) => {
    progress.end();
    note(line);
  };
  const pause = (milliseconds: number, signal: AbortSignal) =>
    setTimeout(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
  const context: HubContext = { settings, signal: untilInterrupted().signal, log, pause };
  const started = performance.now();
  try {
    const pulled = await pull(reference, { context, onProgress: progress.update });
    if (options.json) {
      progress.end();
      printJson({ ...pulledFacts(pulled.snapshot), fetched_bytes: pulled.fetchedBytes });
      return;
    }
    log(describe(pulled, performance.now() - started));
    log(`Serve it: npm start -- --model ${name}`);
  } catch (error) {
    progress.end();
    if (error instanceof Interruption)
      log('Stopped. What has come is kept: the same command goes on from there.');
    throw error;
  }
}

/** @throws {UsageError} where it is no model on a hub, or the revision is named twice */
function readReference(model: string, revision: string | undefined): ModelReference {
  const reference = parseModelReference(model);
  if (reference === undefined) {
    throw new UsageError(
      `${JSON.stringify(model)} is no model's id: one looks like facebook/blenderbot-400M-distill.`,
    );
  }
  if (revision === undefined) return reference;
  if (reference.revision !== undefined)
    throw new UsageError('name the revision once: after "@", or by --revision.');
  if (!isRevision(revision)) {
    throw new UsageError(`${JSON.stringify(revision)} is no revision: a branch, a tag or a commit is one.`);
  }
  return { id: reference.id, revision };
}

function describe({ snapshot, fetchedBytes }: Pulled, milliseconds: number): string {
  const { id, commit, files, directory } = snapshot;
  const bytes = totalBytes(files);
  const fetched =
    fetchedBytes === 0
      ? 'all there already'
      : `${formatBytes(fetchedBytes)} fetched in ${formatSeconds(milliseconds / 1000)}`;
  return `${id} at ${commit.slice(0, 12)}: ${files.length} files, ${formatBytes(bytes)}, in ${directory} (${fetched})`;
}
