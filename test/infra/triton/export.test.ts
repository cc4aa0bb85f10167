import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { GENERATION_INPUTS } from '../../../shared/generation-tensors.ts';
import { inferenceService } from '../../../infra/triton/inference-service.ts';
import { tensorBytes } from '../../../infra/triton/warm-up.ts';
import { runCli } from '../cli.ts';

// What a Triton and stock ONNX Runtime make of it: test/clients/test_triton_export.py.
const CHECKPOINT = fileURLToPath(
  new URL('../../reference/checkpoints/blenderbot-safetensors', import.meta.url),
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-export-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('tandem model export', () => {
  const run = (...options: string[]) =>
    runCli(['model', 'export', CHECKPOINT, join(folder, 'triton'), ...options], {
      environment: { TANDEM_HOME: join(folder, 'home') },
    });
  const config = () =>
    readFile(join(folder, 'triton', 'models', 'blenderbot-safetensors', 'config.pbtxt'), 'utf8');

  it('writes a repository with every tensor and a warm-up, and a service beside it', async () => {
    const { code, stdout } = await run('--max-batch-size', '16', '--instances', '2');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    const model = join(folder, 'triton', 'models', 'blenderbot-safetensors');
    expect(await readdir(join(model, '1'))).toEqual(['model.onnx', 'model.onnx.data']);
    expect(await readdir(join(model, 'warmup'))).toEqual(GENERATION_INPUTS.map(({ name }) => name).sort());
    expect(await config()).toMatch(
      /^name: "blenderbot-safetensors"\nbackend: "onnxruntime"\nmax_batch_size: 16\n/,
    );
    expect(await config()).toContain('instance_group {\n  count: 2\n  kind: KIND_GPU\n}\n');
    expect(await readdir(join(folder, 'triton'))).toEqual(['inference-service.yaml', 'models']);
  });

  it('replaces an earlier export', async () => {
    expect(await run('--device', 'cpu')).toMatchObject({ code: 0 });
    expect(await config()).toContain('max_batch_size: 8\n');
    expect(await config()).toContain('kind: KIND_CPU');
  });

  it.each([
    [['--max-batch-size', '0'], /whole number from 1 on/],
    [['--device', 'tpu'], /gpu, cpu/],
    [['--target', 'other'], /triton/],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await run(...options);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('an InferenceService', () => {
  it('asks for a GPU where the model runs on one, under a name that Kubernetes takes', () => {
    const options = { name: 'My_Bot.3B', storageUri: 'pvc://claim/models' };
    const onGpu = parse(inferenceService({ ...options, device: 'gpu' }));
    expect(onGpu.metadata.name).toBe('my-bot-3b');
    expect(onGpu.spec.predictor.model).toMatchObject({
      modelFormat: { name: 'triton' },
      protocolVersion: 'v2',
      storageUri: 'pvc://claim/models',
      resources: { limits: { 'nvidia.com/gpu': '1' } },
    });
    expect(parse(inferenceService({ ...options, device: 'cpu' })).spec.predictor.model).not.toHaveProperty(
      'resources',
    );
  });
});

describe('the bytes of a tensor', () => {
  it.each([
    ['INT64', [1, -1], '0100000000000000ffffffffffffffff'],
    ['FP32', [1, -0.5], '0000803f000000bf'],
  ] as const)('%s %j are %s', (datatype, data, hex) => {
    const bytes = tensorBytes({ name: 'x', datatype, shape: [2], data: [...data] });
    expect(Buffer.from(bytes).toString('hex')).toBe(hex);
  });
});

describe('tandem up --backend', () => {
  it('refuses what is no address', async () => {
    const { code, stderr } = await runCli(['up', '--backend', 'localhost:8000']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^tandem: --backend is "localhost:8000": an address begins with http/);
  });
});
