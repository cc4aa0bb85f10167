import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { buildModel } from '../../gpu-backend/compiler/build-model.ts';
import { PRECISIONS, type Precision } from '../../gpu-backend/compiler/manifest.ts';
import { untilInterrupted } from '../terminal/interruption.ts';
import { progressLine } from '../terminal/progress.ts';

export function modelCommand(): Command {
  return new Command('model').description('make models ready to serve').addCommand(buildCommand());
}

function buildCommand(): Command {
  return new Command('build')
    .description('compile a BlenderBot checkpoint (config.json, generation_config.json, model.safetensors)')
    .argument('<checkpoint>', "the checkpoint's folder")
    .requiredOption('--out <dir>', 'the folder to make; an earlier build in it is replaced')
    .addOption(
      new Option('--precision <precision>', 'how weights are stored and multiplied')
        .choices(PRECISIONS)
        .default('fp32'),
    )
    .option('--name <name>', "the name to serve it under (default: the checkpoint folder's)")
    .action(async (checkpoint: string, options: { out: string; precision: Precision; name?: string }) => {
      const progress = progressLine('writing weights');
      const started = performance.now();
      const manifest = await buildModel({
        checkpoint,
        ...options,
        signal: untilInterrupted().signal,
        onProgress: ({ writtenBytes, totalBytes }) => progress.update(writtenBytes, totalBytes),
      }).finally(() => progress.end());
      const megabytes = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0) / 1e6;
      const seconds = (performance.now() - started) / 1000;
      console.error(
        `${manifest.name}: ${manifest.modelType}, ${manifest.precision}, ${megabytes.toFixed(1)} MB ` +
          `in ${resolve(options.out)} (${seconds.toFixed(1)} s)`,
      );
    });
}
