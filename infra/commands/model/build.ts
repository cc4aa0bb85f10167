import { basename, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { Precision } from '../../../gpu-backend/compiler/manifest.ts';
import { TARGETS, type Target } from '../../../gpu-backend/compiler/weights/default-precision.ts';
import { compile, compileKept, keptDirectory, precisionFor } from '../../local/compiled-model.ts';
import { findCheckpoint } from '../../local/find-model.ts';
import { modelPlaces } from '../../local/model-places.ts';
import { readCompiled } from '../../local/compiled-models.ts';
import { untilInterrupted } from '../../terminal/interruption.ts';
import { note, printJson } from '../../terminal/output.ts';
import { formatBytes, totalBytes } from '../../terminal/quantities.ts';
import { type JsonOption, withJson } from '../json-option.ts';
import { compiledFacts } from './facts.ts';
import { precisionNotes, precisionOption } from './precision-option.ts';

export function buildCommand(): Command {
  const command = new Command('build')
    .description('compile a BlenderBot checkpoint into one graph that the backend runs')
    .argument('<checkpoint>', "a checkpoint's folder, or the id of a pulled model")
    .option(
      '--out <dir>',
      'the folder to make; an earlier build in it is replaced (default: among the kept models)',
    )
    .addOption(precisionOption('how weights are stored and multiplied'))
    .addOption(
      new Option(
        '--target <target>',
        "where it is to run: a processor, or GPUs, as the backend's option DEVICES names them",
      )
        .choices(TARGETS)
        .default('cpu'),
    )
    .option('--name <name>', "the name to serve it under (default: the checkpoint's)");
  return withJson(command, 'what "model info --json" says of it')
    .addHelpText('after', precisionNotes)
    .addHelpText(
      'after',
      `
Reads safetensors and PyTorch's pytorch_model.bin, whole or in shards, with config.json; or ParlAI's model, model.opt and model.dict.
The folder appears whole or not at all, and the same checkpoint gives the same bytes.

Examples:
  tandem model build facebook/blenderbot-400M-distill
  tandem model build ./my-checkpoint --name my-bot
  tandem model build ./my-checkpoint --out /srv/models/my-bot`,
    )
    .action(build);
}

async function build(
  checkpoint: string,
  options: JsonOption & { out?: string; precision?: Precision; target: Target; name?: string },
): Promise<void> {
  const places = modelPlaces();
  const found = await findCheckpoint(checkpoint, places);
  // A name that was chosen is also the one that it is kept under.
  const source =
    options.name === undefined ? found : { ...found, name: options.name, keptName: options.name };
  const precision = options.precision ?? (await precisionFor(source.checkpoint, options.target));
  const { signal } = untilInterrupted();
  const started = performance.now();
  const out =
    options.out === undefined ? keptDirectory(source, { ...places, precision }) : resolve(options.out);
  const make = options.out === undefined ? compileKept : compile;
  const manifest = await make(source, out, { precision, signal });
  if (options.json) return printJson(compiledFacts((await readCompiled(out))!));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const bytes = totalBytes(Object.values(manifest.files));
  note(
    `${manifest.name}: ${manifest.modelType}, ${manifest.precision}, ${formatBytes(bytes)} ` +
      `in ${out} (${seconds} s)`,
  );
  note(`Serve it: npm start -- --model ${options.out === undefined ? basename(out) : out}`);
}
