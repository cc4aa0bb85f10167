import { Agent, request } from 'node:http';
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

/**
 * Sends requests of one case to a model, each with one of a few prompts, over connections that are kept. Node's own client
 * and not fetch: it takes a third of the processor that the server needs as well.
 */
export class InferenceClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  readonly #url: string;
  readonly #bodies: string[];

  constructor(options: { url: string; point: Case; vocabulary: number; timeoutMs?: number }) {
    this.#url = `${options.url}/v2/models/${SERVED_NAME}/infer`;
    const { point, vocabulary, timeoutMs } = options;
    this.#bodies = requestsOf(point, vocabulary).map((each) => inferenceBody(each, timeoutMs));
  }

  readonly send: Send = (index) =>
    new Promise((resolve) => {
      const body = this.#bodies[index % this.#bodies.length]!;
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const sent = request(this.#url, { method: 'POST', agent: this.#agent, headers }, (response) => {
        response.resume();
        response.once('error', () => resolve({ status: 0 }));
        response.once('end', () => {
          const timing = /inference;dur=([\d.]+)/.exec(String(response.headers['server-timing'] ?? ''));
          resolve({ status: response.statusCode ?? 0, ...(timing && { inferenceMs: Number(timing[1]) }) });
        });
      });
      sent.once('error', () => resolve({ status: 0 }));
      sent.end(body);
    });

  close(): void {
    this.#agent.destroy();
  }
}

/** A request of one row in the protocol's JSON; ASCII, so that its characters are its bytes. */
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
