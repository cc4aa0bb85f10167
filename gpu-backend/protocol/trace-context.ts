/** The span of a client's that a request belongs to. */
export interface TraceParent {
  traceId: string;
  spanId: string;
  /** Whether the client keeps its part of the trace. */
  isSampled: boolean;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** What a W3C `traceparent` header says, or undefined where it is missing or invalid. */
export function readTraceParent(traceparent: string | undefined): TraceParent | undefined {
  const match = TRACEPARENT.exec(traceparent ?? '');
  if (match === null) return undefined;
  const [, version, traceId, spanId, flags, further] = match as unknown as [string, ...string[]];
  // Version 00 has exactly four fields, later ones may add some; ff is no version.
  if (version === 'ff' || (version === '00' && further !== undefined)) return undefined;
  if (/^0+$/.test(traceId!) || /^0+$/.test(spanId!)) return undefined;
  return { traceId: traceId!, spanId: spanId!, isSampled: (Number.parseInt(flags!, 16) & 1) === 1 };
}
