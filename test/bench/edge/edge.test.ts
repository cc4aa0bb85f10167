import { describe, expect, it } from 'vitest';
import { percentilesOf } from '../statistics.ts';
import { childProcesses, cpuMs } from './process-cpu.ts';
import { type EdgeResults, renderEdge } from './report.ts';

describe('percentiles', () => {
  it.each([
    [[7], { p50: 7, p99: 7 }],
    [[4, 1, 3, 2], { p50: 2, p99: 4 }],
    [Array.from({ length: 200 }, (_, index) => index + 1), { p50: 100, p99: 198 }],
  ])('are by nearest rank', (values, expected) => {
    expect(percentilesOf(values)).toEqual(expected);
  });
});

describe.skipIf(process.platform !== 'linux')('processor time', () => {
  it('grows with the work of a process', async () => {
    const before = await cpuMs(process.pid);
    let sum = 0;
    while ((await cpuMs(process.pid)) < before + 20) for (let index = 0; index < 1e6; index++) sum += index;
    expect(sum).toBeGreaterThan(0);
  });

  it('finds no children where there are none of a name', async () => {
    expect(await childProcesses('no such program')).toEqual([]);
  });
});

describe('the report', () => {
  it('has what the edge adds, beside what is to be reached', () => {
    const results: EdgeResults = {
      date: '2026-11-23T00:00:00Z',
      cpu: 'a processor',
      versions: { Tandem: '1' },
      loadBefore: 0.1,
      rounds: 10,
      atOnce: 4,
      instant: {
        edge: { p50: 3, p99: 9 },
        backend: { p50: 1, p99: 2 },
        withKey: { p50: 3.75, p99: 9 },
        bare: { p50: 1.5, p99: 3 },
        limited: { p50: 2.25, p99: 5 },
        asServed: { p50: 4.5, p99: 12 },
      },
      real: { edge: { p50: 13.5, p99: 20 }, backend: { p50: 11, p99: 15 } },
      cpuMs: null,
      requestsPerSecond: 500,
      tokenization: { edge: 40, fresh: 90, rust: null, chars: 50, conversation: 300 },
      bundle: { bytes: 900_000, gzipBytes: 190_000 },
      startupMs: 40,
    };
    const report = renderEdge(results);
    expect(report).toContain('| time that the edge adds, p50 | 2.00 ms | 3 ms |');
    expect(report).toContain('| of this, workerd passing a request on | 0.50 ms |');
    expect(report).toContain('| of this, the local rate limiter | 0.75 ms |');
    expect(report).toContain('| of this, Tandem itself | 0.75 ms |');
    expect(report).toContain('| time that the edge adds, p99 | 7.00 ms |');
    expect(report).toContain('behind simulated static files, p50 | 3.50 ms |');
    expect(report).toContain('| the same with a key and its quotas, p50 | 2.75 ms |  |');
    expect(report).toContain('| the same with the real backend, p50 | 2.50 ms |  |');
    expect(report).toContain('| bundle, gzip | 190 KB | 500 KB |');
    expect(report).toContain('not measured');
  });
});
