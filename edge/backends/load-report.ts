/** What a backend's answer tells besides the answer. null for what it does not tell. */
export interface LoadReport {
  /** Requests in its queue. */
  waiting: number | null;
  /** How long this request waited there, and how long its run took, in milliseconds. */
  queueMs: number | null;
  inferenceMs: number | null;
}

/**
 * Asks a server for its load with the answer. Source: ORCA's `endpoint-load-metrics`, as vLLM and Triton send it.
 */
export const LOAD_REPORT_REQUEST = { 'endpoint-load-metrics-format': 'TEXT' };

const NUMBER = '(\\d{1,9}(?:\\.\\d{1,9})?)';
const WAITING = new RegExp(`(?:^TEXT |[,\\s])\\s*named_metrics\\.num_requests_waiting=${NUMBER}(?:$|[,\\s])`);
const QUEUE_TIME = duration('queue');
const INFERENCE_TIME = duration('inference');

/** A server's load from `endpoint-load-metrics` and its times from `server-timing`; what makes no sense is not there. */
export function readLoadReport(headers: Pick<Headers, 'get'>): LoadReport {
  const timing = headers.get('server-timing') ?? '';
  return {
    waiting: number(WAITING.exec(headers.get('endpoint-load-metrics') ?? '')),
    queueMs: number(QUEUE_TIME.exec(timing)),
    inferenceMs: number(INFERENCE_TIME.exec(timing)),
  };
}

function duration(name: string): RegExp {
  return new RegExp(`(?:^|,)\\s*${name}\\s*;\\s*dur=${NUMBER}(?:$|[,;\\s])`);
}

function number(match: RegExpExecArray | null): number | null {
  return match === null ? null : Number(match[1]);
}
