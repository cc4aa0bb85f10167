import type { RequestFigures } from './request-figures.ts';
import { flagNames } from '../safety/safety-flags.ts';

/** What is counted of a request besides its figures. */
export interface CountedRequest {
  /** The pattern, not the address. */
  route: string;
  method: string;
  status: number;
  /** The error's; null where there was none. */
  code: string | null;
  /** The key that the request is counted for. */
  keyId: string | null;
  ms: number;
}

/**
 * A request as a data point of Workers Analytics Engine, where columns have numbers and no names: `index1` is the key;
 * `blob1` … the route, method, status, error code, backend, what was flagged, the model, the one that was to answer where another
 * did, how a reply was rated, and the worker's version; `double1` … the milliseconds of the request, the backend, its queue and its run, then attempts, flagged replies, and
 * tokens. −1 stands for a time that is not known.
 */
export function dataPoint(
  request: CountedRequest & { versionId: string },
  figures: RequestFigures,
): AnalyticsEngineDataPoint {
  const { route, method, status, code, keyId, ms, versionId } = request;
  const { backend, safety, tokens, model, fellBackFrom, feedback } = figures;
  return {
    indexes: [keyId ?? ''],
    blobs: [
      ...[route, method, String(status), code ?? '', backend?.backend ?? '', flagNames(safety) ?? ''],
      ...[model ?? '', fellBackFrom ?? '', feedback?.rating ?? '', versionId],
    ],
    doubles: [
      ms,
      backend?.totalMs ?? -1,
      backend?.queueMs ?? -1,
      backend?.inferenceMs ?? -1,
      backend?.attempts ?? 0,
      safety.replies,
      tokens,
    ],
  };
}
