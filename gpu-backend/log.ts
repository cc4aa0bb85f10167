export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One event with its figures. Never a token id, a secret or what people wrote. */
export interface LogLine {
  event: string;
  /** info where there is none. */
  level?: LogLevel;
  [figure: string]: unknown;
}

export type Log = (line: LogLine) => void;

/** Lines of JSON, each with its time and level. What is below `level` is not written. */
export function createLog(
  level: LogLevel,
  { write = (line: string) => void process.stdout.write(line), now = () => new Date() } = {},
): Log {
  const least = LOG_LEVELS.indexOf(level);
  return ({ level = 'info', ...line }) => {
    if (LOG_LEVELS.indexOf(level) < least) return;
    write(`${JSON.stringify({ time: now().toISOString(), level, ...line })}\n`);
  };
}
