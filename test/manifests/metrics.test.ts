import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { addCount } from '../../edge/figures/counters.ts';
import { exposition } from '../../edge/figures/exposition.ts';
import { edgeMetrics } from '../../edge/figures/metrics.ts';
import { countRequest, noFigures } from '../../edge/figures/minute-figures.ts';
import { PROJECT } from '../../infra/paths.ts';
import { temporaryFolder } from '../gpu-backend/compiler/temporary-folder.ts';
import { findProgram } from './debian-program.ts';

const DASHBOARDS = join(PROJECT, 'infra/grafana/dashboards');

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

/** What it says of queries, which are given to it as rules. */
async function problemsOfQueries(queries: string[]): Promise<string> {
  const rules = queries.map((expr, index) => ({ record: `query:${index}`, expr }));
  const file = join(await temporaryFolder(), 'rules.yml');
  await writeFile(file, JSON.stringify({ groups: [{ name: 'queries', rules }] }));
  const { status, stderr, error } = spawnSync(promtool, ['check', 'rules', file]);
  if (error) throw error;
  return status === 0 ? '' : String(stderr);
}

/** Of a dashboard, with its variables filled in. */
async function queriesOf(dashboard: string): Promise<string[]> {
  const { panels } = JSON.parse(await readFile(join(DASHBOARDS, dashboard), 'utf8'));
  return panels
    .flatMap(({ targets }: { targets: { expr: string }[] }) => targets.map(({ expr }) => expr))
    .map((expr: string) => expr.replaceAll('$__rate_interval', '2m').replaceAll('$model', '.*'));
}

function edgeText(): string {
  const total = noFigures();
  for (const ms of [3, 700, 40_000])
    countRequest(
      total,
      { route: '/v1/sessions/:id/messages', method: 'POST', status: 200, ms },
      {
        ...{ backend: { totalMs: ms }, tokens: 40, safety: { message: true, replies: 1 } },
        ...{ calls: [], replies: [], feedback: null },
      },
    );
  addCount(total.counts, 'replies', { model: 'a "model" \\', outcome: 'answered' });
  return exposition(
    edgeMetrics(total, {
      ...{ version: '1', model: 'm', channels: ['slack', 'teams'] },
      candidate: { model: 'n', share: 0.1 },
      backends: ['m', 'n'].map((model) => ({ model, name: 'a', ready: true, standing: 'ready' })),
      queue: { backlog: 1, oldestSeconds: 0.25 },
    }),
  );
}

describe.each(await readdir(DASHBOARDS))('the queries of the dashboard %s', (dashboard) => {
  it('are what Prometheus understands', async () => {
    const queries = await queriesOf(dashboard);
    expect(queries.length).toBeGreaterThan(15);
    expect(await problemsOfQueries(queries)).toBe('');
    expect(await problemsOfQueries([...queries, 'sum(rate(x[1m])'])).toContain('unclosed left parenthesis');
  });
});

describe('the edge’s metrics', () => {
  it('are what Prometheus reads, and named as it advises', () => {
    expect(problemsOf(edgeText())).toBe('');
  });

  it('would not pass with a label that is not closed', () => {
    expect(problemsOf(edgeText().replace('part="reply"', 'part="reply'))).not.toBe('');
  });
});
