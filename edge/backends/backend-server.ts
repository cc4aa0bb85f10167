import * as z from 'zod';
import type { InferenceRequest } from '../../shared/inference-protocol.ts';
import { describeError } from '../observability/describe-error.ts';
import { readText } from '../response-text.ts';
import { BackendFailure, failureOf } from './backend-failure.ts';
import { LOAD_REPORT_REQUEST, type LoadReport, readLoadReport } from './load-report.ts';
import { type ModelInput, readModelInputs } from './model-inputs.ts';

/** Where a backend is and how much of the requests it takes. */
export interface BackendEndpoint {
  /** For the log and the health route. */
  name: string;
  /** Without a slash at its end. */
  url: string;
  token: string | null;
  weight: number;
}

/** One server that speaks the Open Inference Protocol v2 over HTTP: Tandem's own backend, Triton, KServe. */
export interface BackendServer extends BackendEndpoint {
  /**
   * @returns the answer as JSON, not looked at
   * @throws {BackendFailure}
   */
  infer(request: InferenceRequest, attempt: Attempt): Promise<{ answer: unknown; report: LoadReport }>;
  /** Whether its model would answer now. Never throws. */
  isReady(): Promise<boolean>;
  /** What its model takes; null where it does not say. Never throws. */
  inputs(): Promise<ModelInput[] | null>;
  /** What it says of its model; null where it does not have it, or does not answer. Never throws. */
  describe(): Promise<Record<string, string> | null>;
}

interface Attempt {
  requestId: string;
  traceparent: string | null;
  timeoutMs: number;
  /** Fires when the client has gone. */
  signal: AbortSignal;
}

const READY_TIMEOUT_MS = 2_000;
const MAX_METADATA_BYTES = 256 * 1024;
/** A hundred replies of 512 tokens with their log-probabilities are some 2 MB. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

// Another server's metadata may have none.
const propertiesSchema = z.looseObject({ properties: z.record(z.string(), z.string()).optional() });

export function createBackendServer(
  endpoint: BackendEndpoint,
  options: { modelName: string; fetch: typeof fetch },
): BackendServer {
  const modelUrl = `${endpoint.url}/v2/models/${options.modelName}`;
  const authorization: Record<string, string> =
    endpoint.token === null ? {} : { authorization: `Bearer ${endpoint.token}` };
  // A redirect would carry the token to wherever it points.
  const redirect = 'manual';

  /** null where it does not have its model, does not describe it, or does not answer. */
  async function metadata(): Promise<unknown> {
    try {
      const signal = AbortSignal.timeout(READY_TIMEOUT_MS);
      const response = await options.fetch(modelUrl, { headers: authorization, redirect, signal });
      if (response.ok) return JSON.parse((await readText(response, MAX_METADATA_BYTES)).text);
      await response.body?.cancel();
    } catch {
      // Not every server of the protocol describes its models.
    }
    return null;
  }

  return {
    ...endpoint,

    async infer(request, { requestId, traceparent, timeoutMs, signal }) {
      const deadline = AbortSignal.timeout(timeoutMs);
      try {
        const response = await options.fetch(`${modelUrl}/infer`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...authorization,
            ...LOAD_REPORT_REQUEST,
            // Also in the body; a request that is refused before its body is read can be found by this one.
            'x-request-id': requestId,
            ...(traceparent !== null && { traceparent }),
          },
          body: JSON.stringify(request),
          redirect,
          signal: AbortSignal.any([deadline, signal]),
        });
        if (response.status !== 200) throw await failureOf(response);
        const { text, isWhole } = await readText(response, MAX_ANSWER_BYTES);
        if (!isWhole)
          throw new BackendFailure('nonsense', `Its answer has more than ${MAX_ANSWER_BYTES} bytes.`);
        return { answer: parseJson(text), report: readLoadReport(response.headers) };
      } catch (error) {
        if (error instanceof BackendFailure) throw error;
        if (deadline.aborted) throw new BackendFailure('late', `It did not answer within ${timeoutMs} ms.`);
        throw new BackendFailure('unreachable', describeError(error, { frames: 0 }));
      }
    },

    async isReady() {
      try {
        const signal = AbortSignal.timeout(READY_TIMEOUT_MS);
        const response = await options.fetch(`${modelUrl}/ready`, {
          headers: authorization,
          redirect,
          signal,
        });
        await response.body?.cancel();
        return response.ok;
      } catch {
        return false;
      }
    },

    async inputs() {
      return readModelInputs(await metadata());
    },

    async describe() {
      const parsed = propertiesSchema.safeParse(await metadata());
      return parsed.success ? (parsed.data.properties ?? {}) : null;
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without V8's message, which quotes the answer.
    throw new BackendFailure('nonsense', 'Its answer is not JSON.');
  }
}
