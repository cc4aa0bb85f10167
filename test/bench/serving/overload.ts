import { batchMs, measureCapacity, offeredLoads, withServer } from './load-points.ts';
import type { Options } from './options.ts';
import type { PreparedModel } from './prepared-model.ts';
import type { OverloadOfModel } from './results.ts';

// Where goodput peaks, and twice what the server can carry.
const FRACTIONS = [0.8, 0.9, 1, 1.1, 2];
// So short that requests cannot wait for a full queue, so long that they can for some batches.
const SHORT_DEADLINE_BATCHES = 4;

/** Goodput and latency at twice what the server can carry beside its best, with the edge's deadline and with a short one. */
export function measureOverload(model: PreparedModel, options: Options): Promise<OverloadOfModel> {
  return withServer(model, options, async (serving) => {
    const capacity = await measureCapacity(serving, options);
    const shortMs = Math.round(SHORT_DEADLINE_BATCHES * batchMs(capacity, options));
    const deadlines: OverloadOfModel['deadlines'] = [];
    for (const deadlineMs of [options.deadlineMs, shortMs]) {
      console.error(`  to be answered within ${deadlineMs} ms:`);
      const points = await offeredLoads(serving, { capacity, deadlineMs, fractions: FRACTIONS, options });
      deadlines.push({ deadlineMs, points });
    }
    return { model: model.name, capacity, deadlines };
  });
}
