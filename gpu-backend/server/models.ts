import { Hono } from 'hono';
import { GENERATION_INPUTS, GENERATION_OUTPUTS } from '../../shared/generation-tensors.ts';
import type { ModelMetadata } from '../../shared/inference-protocol.ts';
import { MODEL_VERSION, type ServedModel } from '../models/served-model.ts';
import { type Env, refuseWhileDraining, type ServerOptions } from './context.ts';
import { infer } from './infer.ts';
import { reportLoad } from './middleware/report-load.ts';

/** Everything below `/v2/models/{model}`, with a version or without. */
export function modelRoutes(options: ServerOptions): Hono<Env> {
  return new Hono<Env>()
    .get('/', (c) => c.json(modelMetadata(c.get('model'))))
    .get('/ready', (c) => {
      refuseWhileDraining(options.isDraining);
      const model = c.get('model');
      model.requireReady();
      return c.json({ name: model.name, ready: true });
    })
    .post('/infer', reportLoad(), (c) => infer(c, options));
}

// All models of one version of the compiler have the same tensors.
function modelMetadata({ name, properties }: ServedModel): ModelMetadata {
  return {
    name,
    versions: [MODEL_VERSION],
    platform: 'onnxruntime_onnx',
    inputs: GENERATION_INPUTS,
    outputs: GENERATION_OUTPUTS,
    ...(properties !== undefined && { properties }),
  };
}
