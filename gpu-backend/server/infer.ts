import { MODEL_VERSION } from '../models/served-model.ts';
import { readGenerationRequest } from '../protocol/generation-request.ts';
import { buildInferenceResponse } from '../protocol/generation-response.ts';
import { inferenceResponse, readInferenceBody } from '../protocol/inference-body.ts';
import { readEnvelope } from '../protocol/request-envelope.ts';
import { type AppContext, refuseWhileDraining, type ServerOptions } from './context.ts';
import { loggable } from './middleware/log-inference.ts';

/** A request's way: its body → rows → the model's queue → an answer. */
export async function infer(c: AppContext, { limits, isDraining, clock }: ServerOptions): Promise<Response> {
  const receivedAtMs = clock.nowMs();
  const model = c.get('model');
  refuseWhileDraining(isDraining);
  model.requireReady();
  const envelope = readEnvelope(await readInferenceBody(c.req.raw, limits.maxBodyBytes));
  // While the body came, the model may have been unloaded, or another build have taken its place.
  const { config, scheduler } = model.requireReady();
  const figures = c.get('figures');
  figures.request_id ??= loggable(envelope.id);
  const request = readGenerationRequest(envelope, config, limits);
  figures.rows = request.rows.length;
  const answer = await scheduler.submit({
    rows: request.rows,
    ...(request.tenant !== undefined && { tenant: request.tenant }),
    ...(request.priority !== undefined && { priority: request.priority }),
    deadlineMs: receivedAtMs + (request.timeoutMs ?? Number.POSITIVE_INFINITY),
    signal: c.req.raw.signal,
  });
  figures.queue_ms = Math.round(answer.queueMs);
  figures.inference_ms = Math.round(answer.inferenceMs);
  const answering = { name: model.name, version: MODEL_VERSION, padToken: config.tokens.pad };
  const binaryOutputs = request.outputs.filter(({ isBinary }) => isBinary).map(({ name }) => name);
  return inferenceResponse(buildInferenceResponse(request, answer.rows, answering), binaryOutputs);
}
