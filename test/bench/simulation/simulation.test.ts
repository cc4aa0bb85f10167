import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fitRunCost, meanRelativeError } from '../../../gpu-backend/simulator/run-cost.ts';
import { inBench } from '../environment.ts';
import { renderSimulation } from './markdown.ts';
import { readMeasuredCosts } from './measured-costs.ts';
import { type Basis, capacityPerSecond, DEFAULT_LIMITS, play, scenarios } from './scenarios.ts';

const GROWTH = inBench('results/growth.json');
const DEMAND = { timeoutMs: 10_000, beams: 10, inputTokens: 60, replyTokens: { min: 20, max: 40 } };

let folder: string | undefined;
afterEach(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true });
  folder = undefined;
});

describe('readMeasuredCosts', () => {
  it('reads the runs that the bench has kept, which the cost fits', async () => {
    const { runs, source } = await readMeasuredCosts(GROWTH, 'Tandem int8');
    expect(source).toContain('Tandem int8, 400m-distill');
    expect(meanRelativeError(fitRunCost(runs), runs)).toBeLessThan(0.15);
  });

  it('says what is wrong with another contender or another file', async () => {
    await expect(readMeasuredCosts(GROWTH, 'Tandem int1')).rejects.toThrow(
      /no runs of "Tandem int1"; it has/,
    );
    folder = await mkdtemp(join(tmpdir(), 'tandem-costs-'));
    const file = join(folder, 'other.json');
    await writeFile(file, '{"sections": []}');
    await expect(readMeasuredCosts(file, 'Tandem int8')).rejects.toThrow(
      'holds no results of bench:generation',
    );
  });
});

describe('the scenarios', () => {
  const cost = { stepMs: 12, sequenceMs: 1 };
  const basis: Basis = { demand: DEMAND, processor: cost, gpu: cost, jitter: 0.2, requests: 200, seed: 1 };

  it('vary the backend’s own defaults', () => {
    expect(DEFAULT_LIMITS.maxBatchSize).toBeGreaterThan(0);
    const sizes = scenarios(basis).filter(({ section }) => section === 'queue size');
    expect(new Set(sizes.map(({ supply }) => supply.limits.maxBatchSize))).toEqual(
      new Set([DEFAULT_LIMITS.maxBatchSize]),
    );
  });

  it('go up to 10,000 GPUs', () => {
    const { machines, workers } = scenarios(basis).at(-1)!.supply;
    expect(machines * workers).toBe(10_000);
  });

  it('take a load for a share of what full runs do', () => {
    // 8 rows of at most 37.8 tokens, on average: 37.8 × (12 + 80) ms.
    expect(capacityPerSecond(cost, DEMAND, 8)).toBeCloseTo(8 / 3.475, 2);
  });

  it('are told as tables, with what was assumed', async () => {
    const played = await Promise.all(
      ['batch size', 'fleet'].map((name) =>
        play(scenarios(basis).find(({ section }) => section === name)!, 1),
      ),
    );
    const costs = { source: 'a machine', runs: [{ rows: 1, beams: 10, steps: 10, ms: 220 }] };
    const assumed = { gpuTimes: { step: 5, sequence: 100 }, prices: { processor: 0.1, gpu: 2.5 } };
    const markdown = renderSimulation({ command: 'npm run simulate', basis, costs, ...assumed, played });
    expect(markdown).toContain('**GPUs were not measured**');
    expect(markdown).toMatch(/\| 1 \| 50 % \| [\d.]+ \| [\d.]+ s \|/);
    expect(markdown).not.toMatch(/NaN|undefined|Infinity/);
  });
});
