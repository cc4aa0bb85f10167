import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Precision } from '../../../gpu-backend/compiler/manifest.ts';
import { compiledModel } from '../../local/compiled-model.ts';
import { modelPlaces } from '../../local/model-places.ts';
import { untilInterrupted } from '../../terminal/interruption.ts';
import { note, printJson } from '../../terminal/output.ts';
import { exportToTriton } from '../../triton/export-model.ts';
import { type JsonOption, withJson } from '../json-option.ts';
import { precisionOption } from './precision-option.ts';

export function exportCommand(): Command {
  const command = new Command('export')
    .description('write a model for another server of the protocol: a Triton model repository')
    .argument('<model>', "a pulled model's id, a compiled model's name, or a folder")
    .argument('<dir>', 'the folder to make; an earlier export in it is replaced')
    .addOption(new Option('--target <server>', 'what is to serve it').choices(['triton']).default('triton'))
    .addOption(precisionOption('how a checkpoint is compiled on its first use'))
    .addOption(new Option('--device <device>', 'what it runs on').choices(['gpu', 'cpu']).default('gpu'))
    .option(
      '--instances <n>',
      'instances on each GPU, or in all on a processor; each holds all weights',
      count,
      1,
    )
    .option('--max-batch-size <n>', 'rows of one run', count, 8)
    .option('--max-queue-size <n>', 'requests that may wait; one more gets 503', count, 64)
    .option(
      '--max-queue-delay-microseconds <n>',
      'how long an idle instance waits for more rows',
      delay,
      1_000,
    )
    .option('--timeout-ms <n>', 'how long a request waits that names no timeout itself', count, 30_000)
    .option(
      '--storage-uri <uri>',
      "where KServe finds the folder's models: pvc://CLAIM/PATH, s3://…, gs://…",
      'pvc://tandem-models/models',
    );
  return withJson(command, 'the model\'s "name", the "directory" and in it the "model_repository"')
    .addHelpText(
      'after',
      `
The folder holds models/NAME (config.pbtxt, the graph, a warm-up) and inference-service.yaml for KServe. The edge is pointed at it by
BACKEND_URL; its own tokenizer and configuration stay the compiled model's. Triton's ONNX Runtime backend runs the graph unchanged;
it must be as new as the onnxruntime that Tandem's own backend uses, above all for int8 and int4. It batches requests of one
input length: Tandem's own backend also those of different ones.

Examples:
  tandem model export facebook/blenderbot-3B /srv/triton --precision fp16
  tritonserver --model-repository /srv/triton/models
  npm start -- --model facebook/blenderbot-3B --backend http://127.0.0.1:8000`,
    )
    .action(exportModel);
}

interface ExportCommandOptions extends JsonOption {
  precision?: Precision;
  device: 'gpu' | 'cpu';
  instances: number;
  maxBatchSize: number;
  maxQueueSize: number;
  maxQueueDelayMicroseconds: number;
  timeoutMs: number;
  storageUri: string;
}

async function exportModel(name: string, out: string, options: ExportCommandOptions): Promise<void> {
  const { precision, timeoutMs, json, ...wanted } = options;
  const model = await compiledModel(name, {
    ...modelPlaces(),
    ...(precision && { precision }),
    log: note,
    signal: untilInterrupted().signal,
  });
  const folder = resolve(out);
  await exportToTriton(model, folder, { ...wanted, timeoutMicroseconds: timeoutMs * 1_000 });
  const { name: servedName } = model.manifest;
  const modelRepository = join(folder, 'models');
  if (json) printJson({ name: servedName, directory: folder, model_repository: modelRepository });
  else note(`${servedName} is in ${folder}: tritonserver --model-repository ${modelRepository}`);
}

function count(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a whole number from 1 on.');
}

function delay(text: string): number {
  return text === '0' ? 0 : count(text);
}
