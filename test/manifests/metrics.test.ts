import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { addCount } from '../../edge/figures/counters.ts';
import { exposition } from '../../edge/figures/exposition.ts';
import { edgeMetrics } from '../../edge/figures/metrics.ts';
import { countRequest, noFigures } from '../../edge/figures/minute-figures.ts';
import { findProgram } from './debian-program.ts';

let promtool: string;

beforeAll(async () => {
  promtool = await findProgram({
    ...{ name: 'promtool', from: 'prometheus', path: 'usr/bin/promtool', mayBeOwn: true },
  });
});

/** What Prometheus' own parser and linter say of a text; nothing where it is right. */
function problemsOf(text: string): string {
  const { stdout, stderr, error } = spawnSync(promtool, ['check', 'metrics'], { input: text });
  if (error) throw error;
  return `${stdout}${stderr}`;
}

function edgeText(): string {
  const total = noFigures();
  for (const ms of [3, 700, 40_000])
    countRequest(
      total,
      { route: '/v1/sessions/:id/messages', method: 'POST', status: 200, ms },
      { backend: { totalMs: ms }, tokens: 40, safety: { message: true, replies: 1 }, calls: [] },
    );
  addCount(total.counts, 'replies', { model: 'a "model" \\', outcome: 'answered' });
  return exposition(
    edgeMetrics(total, {
      ...{ version: '1', model: 'm', channels: ['slack', 'teams'] },
      backends: [{ name: 'a', ready: true, standing: 'ready', waiting: 3 }],
      queue: { backlog: 1, oldestSeconds: 0.25 },
    }),
  );
}

describe('the edge’s metrics', () => {
  it('are what Prometheus reads, and named as it advises', () => {
    expect(problemsOf(edgeText())).toBe('');
  });

  it('would not pass with a label that is not closed', () => {
    expect(problemsOf(edgeText().replace('part="reply"', 'part="reply'))).not.toBe('');
  });
});
