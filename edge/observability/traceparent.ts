// W3C Trace Context: ff is no version, version 00 is 55 characters long and later ones may be longer, ids are not all zeros. What is
// longer than a header should be, or holds what none may, a backend would refuse, request and all.
const TRACEPARENT =
  /^(?!ff|00.{54})[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[\x21-\x7e]{0,400})?$/;

/**
 * A client's trace context, passed on as it came; null where there is none or it makes no sense. None is made up: the edge
 * exports no spans, and a parent that nobody has recorded would leave the backend's traces without a root.
 */
export function readTraceparent(header: string | undefined): string | null {
  return header !== undefined && TRACEPARENT.test(header) ? header : null;
}

/** The trace's id, for the log. */
export function traceId(header: string | undefined): string | null {
  return TRACEPARENT.exec(header ?? '')?.[1] ?? null;
}
