import { closedPoint, withServer } from './load-points.ts';
import type { Options } from './options.ts';
import type { PreparedModel } from './prepared-model.ts';
import type { ClientsOfModel, ClientsPoint } from './results.ts';

/** Clients that each wait for their answer before they ask again (a closed loop), with batching and without. */
export async function measureClients(model: PreparedModel, options: Options): Promise<ClientsOfModel> {
  const measure = (maxBatchSize: number) =>
    withServer(model, { ...options, maxBatchSize }, async ({ client }) => {
      const { send } = client();
      const points: ClientsPoint[] = [];
      for (const clients of options.clients) points.push(await closedPoint(send, clients, options));
      return points;
    });
  const batching = await measure(options.maxBatchSize);
  console.error('  one by one:');
  return { model: model.name, batching, oneByOne: await measure(1) };
}
