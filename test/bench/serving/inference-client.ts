import { KeepAliveClient } from '../../../infra/load/keep-alive-client.ts';
import { PARAMETER_INPUTS, type ParameterInput } from '../../../shared/generation-tensors.ts';
import { type Case, makeRequest, type Request } from '../workload.ts';
import { SERVED_NAME } from './backend-under-load.ts';

export interface Answer {
  /** 0 where the connection broke. */
  status: number;
  /** What the server says that the run took, queue not counted; absent where it says nothing. */
  inferenceMs?: number;
}

export type Send = (index: number) => Promise<Answer>;

const PROMPTS = 64;

/** Requests of one case that differ in their prompts alone. */
export function requestsOf(point: Case, vocabulary: number): Request[] {
  const { input_ids: prompts, parameters } = makeRequest({ ...point, rows: PROMPTS }, vocabulary);
  return prompts.map((ids) => ({ input_ids: [ids], parameters }));
}

/** Sends requests of one case to a model, each with one of a few prompts. */
export class InferenceClient {
  readonly #client: KeepAliveClient;
  readonly #bodies: string[];

  constructor(options: { url: string; point: Case; vocabulary: number; timeoutMs?: number }) {
    this.#client = new KeepAliveClient({ url: `${options.url}/v2/models/${SERVED_NAME}/infer` });
    const { point, vocabulary, timeoutMs } = options;
    this.#bodies = requestsOf(point, vocabulary).map((each) => inferenceBody(each, timeoutMs));
  }

  readonly send: Send = async (index) => {
    const { status, headers } = await this.#client.post(this.#bodies[index % this.#bodies.length]!);
    const timing = /inference;dur=([\d.]+)/.exec(String(headers['server-timing'] ?? ''));
    return { status, ...(timing && { inferenceMs: Number(timing[1]) }) };
  };

  close(): void {
    this.#client.close();
  }
}

/** A request of one row in the protocol's JSON. */
function inferenceBody({ input_ids: [ids], parameters }: Request, timeoutMs: number | undefined): string {
  const settings = Object.entries(parameters).map(([name, value]) => ({
    name,
    datatype: PARAMETER_INPUTS[name as ParameterInput],
    shape: [1],
    data: [Number(value)],
  }));
  return JSON.stringify({
    inputs: [{ name: 'input_ids', datatype: 'INT64', shape: [1, ids!.length], data: ids }, ...settings],
    ...(timeoutMs !== undefined && { parameters: { timeout: Math.round(1000 * timeoutMs) } }),
  });
}
