const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;

/** The trace id of a W3C `traceparent` header, or undefined where the header is missing or invalid. */
export function readTraceId(traceparent: string | undefined): string | undefined {
  const match = TRACEPARENT.exec(traceparent ?? '');
  if (match === null) return undefined;
  const [, version, traceId, parentId, further] = match;
  // Version 00 has exactly four fields, later ones may add some; ff is no version.
  if (version === 'ff' || (version === '00' && further !== undefined)) return undefined;
  if (/^0+$/.test(traceId!) || /^0+$/.test(parentId!)) return undefined;
  return traceId;
}
