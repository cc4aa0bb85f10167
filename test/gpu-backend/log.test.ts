import { describe, expect, it } from 'vitest';
import { createLog, type LogLevel, type LogLine } from '../../gpu-backend/log.ts';

const LINES: LogLine[] = [
  { event: 'run', level: 'debug', rows: 2 },
  { event: 'ready' },
  { event: 'worker stopped', level: 'warn', message: 'two\nlines' },
  { event: 'fault', level: 'error' },
];

function written(level: LogLevel): string[] {
  const output: string[] = [];
  const log = createLog(level, { write: (line) => void output.push(line), now: () => new Date(0) });
  for (const line of LINES) log(line);
  return output;
}

describe('createLog', () => {
  it('writes one line of JSON for an event', () => {
    expect(written('debug')).toEqual([
      '{"time":"1970-01-01T00:00:00.000Z","level":"debug","event":"run","rows":2}\n',
      '{"time":"1970-01-01T00:00:00.000Z","level":"info","event":"ready"}\n',
      '{"time":"1970-01-01T00:00:00.000Z","level":"warn","event":"worker stopped","message":"two\\nlines"}\n',
      '{"time":"1970-01-01T00:00:00.000Z","level":"error","event":"fault"}\n',
    ]);
  });

  it.each<[LogLevel, number]>([
    ['info', 3],
    ['warn', 2],
    ['error', 1],
  ])('leaves out what is below %s', (level, count) => {
    expect(written(level)).toHaveLength(count);
  });
});
