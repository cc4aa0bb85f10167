import { measureCapacity, offeredLoads, withServer } from './load-points.ts';
import type { Options } from './options.ts';
import type { PreparedModel } from './prepared-model.ts';
import type { LoadOfModel } from './results.ts';

/** Throughput and latency against offered load, with batching and without, at the same offered loads. */
export async function measureLoad(model: PreparedModel, options: Options): Promise<LoadOfModel> {
  const { deadlineMs, fractions } = options;
  const { capacity, batching } = await withServer(model, options, async (serving) => {
    const capacity = await measureCapacity(serving, options);
    const loads = { capacity, deadlineMs, fractions, options };
    return { capacity, batching: await offeredLoads(serving, loads) };
  });
  console.error('  one by one:');
  const oneByOne = await withServer(model, { ...options, maxBatchSize: 1 }, (serving) =>
    offeredLoads(serving, { capacity, deadlineMs, fractions, options }),
  );
  return { model: model.name, capacity, batching, oneByOne };
}
