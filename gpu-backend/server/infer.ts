import type { GenerationRow } from '../../shared/generation-batch.ts';
import { MODEL_VERSION } from '../models/served-model.ts';
import { readGenerationRequest } from '../protocol/generation-request.ts';
import { buildInferenceResponse } from '../protocol/generation-response.ts';
import { inferenceResponse, readInferenceBody } from '../protocol/inference-body.ts';
import { readEnvelope } from '../protocol/request-envelope.ts';
import type { GeneratedRow } from '../runtime/generation-session.ts';
import { type AppContext, refuseWhileDraining, type ServerOptions } from './context.ts';
import type { FinishReason, InferenceFigures } from './inference-record.ts';
import { loggable } from './middleware/record-inference.ts';

/** A request's way: its body → rows → the model's queue → an answer. */
export async function infer(c: AppContext, { limits, isDraining, clock }: ServerOptions): Promise<Response> {
  const receivedAtMs = clock.nowMs();
  const model = c.get('model');
  const requireReady = () => {
    refuseWhileDraining(isDraining);
    return model.requireReady();
  };
  requireReady();
  const envelope = readEnvelope(await readInferenceBody(c.req.raw, limits.maxBodyBytes));
  // While the body came, the model may have been unloaded, or another build have taken its place, or the server been told to end.
  const { config, scheduler } = requireReady();
  const figures = c.get('figures');
  figures.requestId ??= loggable(envelope.id);
  const request = readGenerationRequest(envelope, config, limits);
  figures.rows = request.rows.length;
  figures.queuedAtMs = clock.nowMs();
  const answer = await scheduler.submit({
    rows: request.rows,
    ...(request.tenant !== undefined && { tenant: request.tenant }),
    ...(request.priority !== undefined && { priority: request.priority }),
    deadlineMs: receivedAtMs + (request.timeoutMs ?? Number.POSITIVE_INFINITY),
    signal: c.req.raw.signal,
  });
  Object.assign(figures, {
    queueMs: answer.queueMs,
    inferenceMs: answer.inferenceMs,
    finishReasons: finishReasons(request.rows, answer.rows),
  } satisfies InferenceFigures);
  const answering = { name: model.name, version: MODEL_VERSION, padToken: config.tokens.pad };
  const binaryOutputs = request.outputs.filter(({ isBinary }) => isBinary).map(({ name }) => name);
  return inferenceResponse(buildInferenceResponse(request, answer.rows, answering), binaryOutputs);
}

// `max_length` counts the start token, which sequences are without. What was ended there by force looks like what happened
// to end there.
function finishReasons(rows: GenerationRow[], generated: GeneratedRow[]): FinishReason[] {
  return generated.map(({ sequences: [best] }, row) =>
    best!.length >= rows[row]!.parameters.max_length - 1 ? 'length' : 'stop',
  );
}
