import type { Settings } from '../env.ts';
import { ApiError } from '../errors.ts';
import { buildInferenceRequest, type GenerationBatch } from './inference-request.ts';
import { BadAnswerError, type GeneratedSequence, readInferenceResponse } from './inference-response.ts';

/** What the edge knows of whatever holds the model. */
export interface Backend {
  /**
   * All sequences that were generated for each row, best first: at least `num_return_sequences`.
   * @throws {ApiError} backend_unavailable, backend_timeout, backend_misconfigured, bad_backend_answer,
   *   client_closed_request
   */
  generate(batch: GenerationBatch, call: BackendCall): Promise<GeneratedSequence[][]>;
  /** Whether the model would answer now. Never throws. */
  isReady(): Promise<boolean>;
}

/** What a call inherits from the request that it is made for. */
export interface BackendCall {
  requestId: string;
  /** W3C trace context, passed on as it came. */
  traceparent: string | null;
  /** Fires when the client has gone. */
  signal: AbortSignal;
}

interface BackendOptions extends Pick<Settings, 'modelName'> {
  endpoint: Settings['backend'];
  padToken: number;
  vocabSize: number;
  fetch: typeof fetch;
}

const READY_TIMEOUT_MS = 2_000;
const DEFAULT_RETRY_AFTER_SECONDS = 5;
const MAX_RETRY_AFTER_SECONDS = 3_600;

/** A backend that speaks the Open Inference Protocol v2 over HTTP: Tandem's own, Triton, KServe. */
export function createBackend(options: BackendOptions): Backend {
  const { endpoint, modelName } = options;
  const modelUrl = `${endpoint.url}/v2/models/${modelName}`;
  const authorization: Record<string, string> =
    endpoint.token === null ? {} : { authorization: `Bearer ${endpoint.token}` };

  return {
    async generate(batch, call) {
      const { requestId, traceparent } = call;
      const body = buildInferenceRequest(batch, { ...options, requestId, timeoutMs: endpoint.timeoutMs });
      const answer = await post(`${modelUrl}/infer`, {
        body,
        headers: {
          ...authorization,
          // Also in the body; a request that is refused before its body is read can be found by this one.
          'x-request-id': requestId,
          ...(traceparent !== null && { traceparent }),
        },
        call,
      });
      try {
        return readInferenceResponse(answer, {
          rows: batch.rows.length,
          sequences: batch.parameters.num_return_sequences,
          logprobs: batch.parameters.output_logprobs,
          vocabSize: options.vocabSize,
        });
      } catch (error) {
        if (error instanceof BadAnswerError) throw new ApiError('bad_backend_answer', { cause: error });
        throw error;
      }
    },

    async isReady() {
      try {
        const signal = AbortSignal.timeout(READY_TIMEOUT_MS);
        const response = await options.fetch(`${modelUrl}/ready`, {
          headers: authorization,
          redirect: 'manual',
          signal,
        });
        await response.body?.cancel();
        return response.ok;
      } catch {
        return false;
      }
    },
  };

  async function post(
    url: string,
    request: { body: unknown; headers: Record<string, string>; call: BackendCall },
  ) {
    const deadline = AbortSignal.timeout(endpoint.timeoutMs);
    const departure = request.call.signal;
    try {
      const response = await options.fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...request.headers },
        body: JSON.stringify(request.body),
        // A redirect would carry the token to wherever it points.
        redirect: 'manual',
        signal: AbortSignal.any([deadline, departure]),
      });
      if (response.status !== 200) throw await backendError(response);
      return parseJson(await response.text());
    } catch (error) {
      if (error instanceof ApiError) throw error;
      if (departure.aborted) throw new ApiError('client_closed_request');
      if (deadline.aborted) throw new ApiError('backend_timeout', { cause: error });
      throw unavailable(DEFAULT_RETRY_AFTER_SECONDS, error);
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ApiError('bad_backend_answer', { cause });
  }
}

/** The public error for a backend's answer that is not 200. What it said goes to the log. */
async function backendError(response: Response): Promise<ApiError> {
  const said = (await response.text()).slice(0, 500);
  const cause = new Error(`The backend answered ${response.status}: ${said}`);
  switch (response.status) {
    case 429:
    case 500:
    case 502:
    case 503:
      return unavailable(retryAfterSeconds(response), cause);
    case 401:
    case 403:
    case 404:
      return new ApiError('backend_misconfigured', { cause });
    case 408:
    case 504:
      return new ApiError('backend_timeout', { cause });
    default:
      return new ApiError('bad_backend_answer', { cause });
  }
}

function unavailable(retryAfter: number, cause: unknown): ApiError {
  return new ApiError('backend_unavailable', { retryAfterSeconds: retryAfter, cause });
}

function retryAfterSeconds(response: Response): number {
  const seconds = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
  if (!(seconds >= 0)) return DEFAULT_RETRY_AFTER_SECONDS;
  return Math.min(Math.max(seconds, 1), MAX_RETRY_AFTER_SECONDS);
}
