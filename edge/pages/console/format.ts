/** 41.3 → "41 ms", 1234 → "1.23 s", null → "–". */
export function formatMs(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 10) return `${Number(ms.toPrecision(2))} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return `${Number((ms / 1_000).toPrecision(3))} s`;
}

/** 0.0123 → "1.2 %", null → "–". */
export function formatPart(part: number | null): string {
  return part === null ? '–' : `${Number((part * 100).toPrecision(2))} %`;
}

/** 1234567 → "1,234,567". */
export function formatCount(count: number): string {
  return count.toLocaleString('en');
}

const UNITS: [seconds: number, name: string][] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** In what time a quota is: 86400 → "a day", 3600 → "an hour", 7200 → "in 2 hours". */
export function formatWindow(seconds: number): string {
  const [unit, name] = UNITS.find(([size]) => seconds % size === 0)!;
  const count = seconds / unit;
  if (count > 1) return `in ${count} ${name}s`;
  return name === 'hour' ? 'an hour' : `a ${name}`;
}

/** Seconds since 1970 → "2026-11-23 11:21 UTC". */
export function formatTime(seconds: number): string {
  return `${new Date(seconds * 1_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
