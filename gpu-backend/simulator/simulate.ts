import { philox } from '../../shared/uniform-numbers.ts';
import type { QueueLimits } from '../scheduler/admission.ts';
import { arrivals } from './arrivals.ts';
import { type Demand, rowsOf } from './demand.ts';
import { Fleet } from './fleet.ts';
import { type Outcome, OutcomeCount } from './outcome.ts';
import type { RunCost } from './run-cost.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface Supply {
  machines: number;
  /** Devices in each, which share its queue. */
  workers: number;
  cost: RunCost;
  /** How much runs of one shape differ: the standard deviation of the logarithm of their time. */
  jitter: number;
  limits: QueueLimits;
}

// The first requests find machines emptier than they will be, and queues that have measured nothing.
const WARM_UP = 0.2;

/** Plays a demand to a supply: the real scheduler, in virtual time. The same seed gives the same outcome. */
export async function simulate(demand: Demand, supply: Supply, seed: number): Promise<Outcome> {
  const clock = new VirtualClock();
  const random = randomNumbers(seed);
  const fleet = new Fleet({ ...supply, clock, random });
  await fleet.open();
  const nextRow = rowsOf(demand, random);
  const moments = arrivals({ ...demand, random });
  const count = new OutcomeCount(demand.timeoutMs);
  const failure = Promise.withResolvers<never>();
  const warmUp = Math.floor(demand.requests * WARM_UP);
  let begin = { ms: 0, busyMs: 0 };
  let end = begin;

  async function send(isCounted: boolean): Promise<void> {
    const sentMs = clock.nowMs();
    const answered = fleet.submit({ rows: [nextRow()], deadlineMs: sentMs + demand.timeoutMs });
    await answered.then(
      () => isCounted && count.answered(clock.nowMs() - sentMs),
      (error) => isCounted && count.failed(error),
    );
  }
  function arrive(sent: number): void {
    end = { ms: clock.nowMs(), busyMs: fleet.busyMs };
    if (sent === warmUp) begin = end;
    send(sent >= warmUp).catch(failure.reject);
    if (sent + 1 < demand.requests) clock.after(moments.next().value - clock.nowMs(), () => arrive(sent + 1));
  }

  clock.after(moments.next().value, () => arrive(0));
  await Promise.race([clock.run(), failure.promise]);
  const devices = supply.machines * supply.workers;
  const utilization = (end.busyMs - begin.busyMs) / (end.ms - begin.ms) / devices;
  return count.outcome({ seconds: (end.ms - begin.ms) / 1000, utilization });
}

/** Uniform numbers in [0, 1) from a seed. */
export function randomNumbers(seed: number): () => number {
  let drawn = 0;
  return () => philox([drawn++, 0, 0, 0], [seed, 0])[0] / 2 ** 32;
}
