import { setTimeout as wait } from 'node:timers/promises';
import { ContenderProcess } from '../contender-process.ts';
import { tandem } from '../contenders.ts';
import { requestsOf } from './inference-client.ts';
import { pointOf, withServer } from './load-points.ts';
import type { Options } from './options.ts';
import { percentiles } from '../../../infra/load/outcomes.ts';
import type { PreparedModel } from './prepared-model.ts';
import type { OverheadOfModel } from './results.ts';

// After a run its threads look for more work for a while before they sleep, which would slow the other side's.
const PAUSE_MS = 30;
const WARM_UP_PAIRS = 5;

/**
 * What the server adds to a run: the same request to the graph in a process of its own and to an idle server, turn by turn, so
 * that whatever disturbs the machine disturbs both.
 */
export async function measureOverhead(model: PreparedModel, options: Options): Promise<OverheadOfModel> {
  const { threads, runs } = options;
  const { start } = tandem('fp32', { directory: model.directory, modelBytes: 0, threads });
  const bare = await ContenderProcess.start(start);
  // Always the same prompt: what differs is then the way alone.
  const [request] = requestsOf(pointOf(options), model.vocabulary);
  const taken: { bareMs: number; servedMs: number; runMs: number }[] = [];
  try {
    await withServer(model, options, async ({ client }) => {
      const { send } = client();
      for (let pair = 0; pair < WARM_UP_PAIRS + runs; pair++) {
        await wait(PAUSE_MS);
        const bareMs = 1000 * (await bare.ask(request!)).seconds;
        await wait(PAUSE_MS);
        const startedMs = performance.now();
        const { status, inferenceMs } = await send(0);
        const servedMs = performance.now() - startedMs;
        if (status !== 200 || inferenceMs === undefined) throw new Error(`The server answered ${status}.`);
        if (pair >= WARM_UP_PAIRS) taken.push({ bareMs, servedMs, runMs: inferenceMs });
      }
    });
  } finally {
    await bare.stop();
  }
  return {
    model: model.name,
    pairs: runs,
    bareMs: percentiles(taken.map(({ bareMs }) => bareMs)),
    servedMs: percentiles(taken.map(({ servedMs }) => servedMs)),
    runMs: percentiles(taken.map(({ runMs }) => runMs)),
  };
}
