import { withServer } from './load-points.ts';
import type { Options } from './options.ts';
import type { PreparedModel } from './prepared-model.ts';
import type { MemoryOfModel, MemorySample } from './results.ts';

const SAMPLES = 100;
const CLIENTS = 16;

// Short replies: what a leak would lose it loses with each request, however long its reply is.
const SHORT = { beams: 1, input: 8, output: 4 };

/** Resident memory of the server and its inference processes while clients ask as fast as they are answered. */
export function measureMemory(model: PreparedModel, given: Options): Promise<MemoryOfModel> {
  const options = { ...given, ...SHORT };
  const total = options.memoryRequests;
  return withServer(model, options, async ({ backend, client }) => {
    const { send } = client();
    const samples: MemorySample[] = [{ requests: 0, ...(await backend.memory()) }];
    for (let part = 1; part <= SAMPLES; part++) {
      const [from, to] = [Math.round((total * (part - 1)) / SAMPLES), Math.round((total * part) / SAMPLES)];
      let next = from;
      const ask = async () => {
        while (next < to) {
          const { status } = await send(next++);
          if (status !== 200) throw new Error(`The server answered ${status}.`);
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, ask));
      samples.push({ requests: to, ...(await backend.memory()) });
      if (part % 10 === 0) console.error(`  ${to} requests`);
    }
    return { model: model.name, samples };
  });
}
