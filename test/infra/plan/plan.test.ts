import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { fitRunCost } from '../../../gpu-backend/simulator/run-cost.ts';
import { PROJECT } from '../../../infra/paths.ts';
import { fleetFor, PROCESSOR, repliesOfDevice } from '../../../infra/plan/fleet.ts';
import { limits } from '../../../infra/plan/limits.ts';
import { plan } from '../../../infra/plan/plan.ts';
import { dollars } from '../../../infra/plan/prices.ts';
import { type Load, usePerReply } from '../../../infra/plan/usage.ts';
import { inBench } from '../../bench/environment.ts';
import { readMeasuredCosts } from '../../bench/simulation/measured-costs.ts';

const LOAD: Load = {
  ...{ repliesPerSecond: 10, peak: 2, turnsPerSession: 10, secondsBetweenTurns: 40 },
  ...{ channels: 0, webhooks: 0 },
};

describe('what a reply takes', () => {
  it('is what the tables of STORAGE.md add up to, for a turn by itself', async () => {
    const long = usePerReply({ ...LOAD, turnsPerSession: 1e9 });
    // A turn by itself, with the quotas of its key, and asking whom to tell: 5.00 + 0.45 + 4.00, 0.30 + 2.00, 0.15.
    const cost = long.kvWrites * 5 + long.objectRequests * 0.15 + long.rowsWritten;
    expect(cost).toBeCloseTo(5 + 0.45 + 4 + (0.3 + 2) + 0.15, 5);
    const [session, webhooks] = await Promise.all(
      ['session', 'webhooks'].map((part) => readFile(join(PROJECT, `edge/${part}/STORAGE.md`), 'utf8')),
    );
    expect(session).toContain('| a turn by itself | 1 write |');
    expect(session).toContain('| 5.00 + 0.45 + 4.00 |');
    // A channel's message and a delivery besides.
    expect(webhooks).toContain('| 0.75 + 7.00 + 1.20 |');
    const channel = usePerReply({ ...LOAD, channels: 1 });
    const without = usePerReply(LOAD);
    expect(channel.objectRequests - without.objectRequests).toBeCloseTo(0.75 / 0.15, 9);
    expect(channel.rowsWritten - without.rowsWritten).toBeCloseTo(7, 9);
    expect(channel.queueOperations).toBeCloseTo(1.2 / 0.4, 9);
  });

  it('has fewer writes of KV where turns follow each other faster than it is written', () => {
    const writes = (secondsBetweenTurns: number) => usePerReply({ ...LOAD, secondsBetweenTurns }).kvWrites;
    expect(writes(40)).toBe(writes(4_000));
    expect(writes(15)).toBeCloseTo(0.5 + 0.1, 9);
    expect(writes(0.001)).toBeCloseTo(0.1 + 0.1, 9);
  });
});

describe('a month’s bill', () => {
  it('begins where what the plan includes ends', () => {
    expect(dollars('requests', 10e6)).toBe(0);
    expect(dollars('requests', 12e6)).toBeCloseTo(0.6, 9);
  });

  it('is the edge’s and the fleet’s, and grows as the load does', () => {
    const one = plan(LOAD);
    expect(one.totalDollars).toBeCloseTo(one.edgeDollars + one.gpus.dollarsAMonth, 6);
    const lines = one.month.reduce((sum, line) => sum + line.dollars, 0);
    expect(one.edgeDollars).toBeCloseTo(5 + lines, 6);
    const hundred = plan({ ...LOAD, repliesPerSecond: 1_000 });
    expect(hundred.edgeDollars / one.edgeDollars).toBeGreaterThan(90);
    expect(hundred.dollarsPerMillionReplies).toBeLessThan(one.dollarsPerMillionReplies);
  });
});

describe('the fleet', () => {
  it('rests on the runs that were measured', async () => {
    const { runs } = await readMeasuredCosts(inBench('results/growth.json'), 'Tandem int8');
    const fitted = fitRunCost(runs);
    expect(PROCESSOR.stepMs / fitted.stepMs).toBeCloseTo(1, 1);
    expect(PROCESSOR.sequenceMs / fitted.sequenceMs).toBeCloseTo(1, 1);
  });

  it('carries what the simulator’s fleet of one GPU was given', async () => {
    const benchmarks = await readFile(join(PROJECT, 'BENCHMARKS.md'), 'utf8');
    const [, simulated] = /^\| 1 \| 1 \| (\d+) \|/m.exec(benchmarks)!;
    expect(repliesOfDevice('gpu') / Number(simulated)).toBeCloseTo(1, 1);
  });

  it('has one device for what may fail, or a machine', () => {
    expect(fleetFor('gpu', 1)).toMatchObject({ devices: 1, spare: 1 });
    expect(fleetFor('gpu', 10_000).spare).toBe(8);
  });
});

describe('the limits', () => {
  it('stand in the order in which they are met, whatever the load is', () => {
    for (const secondsBetweenTurns of [1, 40]) {
      const found = limits({ ...LOAD, secondsBetweenTurns }).map(({ repliesPerSecond }) => repliesPerSecond);
      expect(found.every((limit) => limit > 0)).toBe(true);
      expect(found).toEqual(found.toSorted((one, other) => one - other));
    }
  });
});

describe('npm run plan', () => {
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [join(PROJECT, 'infra/plan.ts'), ...args]);

  it('prints the tables that docs/scale.md has', async () => {
    const { stdout } = await run();
    expect(await readFile(join(PROJECT, 'docs/scale.md'), 'utf8')).toContain(`\`\`\`\n${stdout}\`\`\`\n`);
  });

  it('speaks JSON, and takes a load of one’s own', async () => {
    const { stdout } = await run('5', '--channels', '0.5', '--gap', '10', '--json');
    const [only, ...others] = JSON.parse(stdout);
    expect(others).toEqual([]);
    expect(only.load).toMatchObject({ repliesPerSecond: 5, channels: 0.5, secondsBetweenTurns: 10 });
  });

  it.each([
    [['0'], 'a number above 0'],
    [['many'], 'a number above 0'],
    [['1', '--channels', '2'], 'a share from 0 to 1'],
  ])('says what is wrong with %j', async (args, sentence) => {
    await expect(run(...args)).rejects.toMatchObject({ stderr: expect.stringContaining(sentence) });
  });
});
