/** Seconds since 1970 → "2026-11-23". */
export const dayOf = (seconds: number) => new Date(seconds * 1_000).toISOString().slice(0, 10);

/** Seconds since 1970 → "2026-11-23 11:21 UTC". */
export const minuteOf = (seconds: number) =>
  `${new Date(seconds * 1_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
