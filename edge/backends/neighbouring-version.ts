import type { InferenceRequest, Tensor } from '../../shared/inference-protocol.ts';
import { BackendFailure } from './backend-failure.ts';
import type { BackendServer } from './backend-server.ts';
import { fitTensors, type ModelInput, whyUnfit } from './model-inputs.ts';

/** How long a server is asked in the form of another version. Then today's is tried again: it may have been upgraded. */
const OTHER_VERSION_MS = 60_000;

/**
 * A server whose model may be of a neighbouring version. A request is sent as today's model takes it; only where that is refused
 * the server is asked what its model takes: one of another version costs a question a minute, one of the same none.
 * @param now milliseconds since 1970
 */
export function inItsVersion(server: BackendServer, now: () => number): BackendServer {
  let other: { inputs: ModelInput[]; untilMs: number } | null = null;

  return {
    ...server,

    async infer(request, attempt) {
      const startMs = now();
      if (other !== null && other.untilMs <= startMs) other = null;
      const sent = other === null ? request : fitted(request, other.inputs);
      try {
        return await server.infer(sent, attempt);
      } catch (error) {
        if (!(error instanceof BackendFailure && error.reason === 'refused')) throw error;
        const inputs = await server.inputs();
        if (inputs === null) throw error;
        const again = fitted(request, inputs);
        // It takes what it was sent, and refused for another reason.
        if (formOf(again.inputs) === formOf(sent.inputs)) throw error;
        const nowMs = now();
        other = { inputs, untilMs: nowMs + OTHER_VERSION_MS };
        return server.infer(again, {
          ...attempt,
          timeoutMs: Math.max(1, attempt.timeoutMs - (nowMs - startMs)),
        });
      }
    },

    async isReady() {
      if (!(await server.isReady())) return false;
      const inputs = await server.inputs();
      return inputs === null || whyUnfit(inputs) === undefined;
    },
  };
}

function fitted(request: InferenceRequest, inputs: ModelInput[]): InferenceRequest {
  return { ...request, inputs: fitTensors(request.inputs, inputs) };
}

/** Names and shapes, to compare. */
function formOf(tensors: Tensor[]): string {
  return tensors.map(({ name, shape }) => `${name} [${shape}]`).join();
}
