import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { bundleWorker } from './edge/bundle.ts';
import { closeConnections } from './edge/load.ts';
import { publish } from './report/publish.ts';
import { readVersions } from './versions.ts';
import { measureAcknowledgement } from './webhooks/acknowledgement.ts';
import { measureDeliveries } from './webhooks/deliveries.ts';
import { renderWebhooks, type WebhookResults } from './webhooks/report.ts';

interface Options {
  messages: number;
  atOnce: number;
  deliveries: number;
  publish: boolean;
}

const options = new Command('bench:webhooks')
  .description(
    'Measures in real workerd how soon a channel has its answer while the backend is down, and how fast webhooks go out.',
  )
  .option('--messages <n>', 'messages that the channel tells of', count, 5_000)
  .option('--at-once <n>', 'requests of the channel at the same time', count, 32)
  .option('--deliveries <n>', 'webhooks that are sent', count, 10_000)
  .option('--publish', 'put the results into BENCHMARKS.md', false)
  .parse()
  .opts<Options>();

const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-webhooks-'));
try {
  const [loadBefore] = loadavg();
  const bundle = await bundleWorker(join(folder, 'bundle'));
  const results: WebhookResults = {
    date: new Date().toISOString(),
    cpu: cpus()[0]!.model,
    versions: await readVersions(undefined),
    loadBefore: loadBefore!,
    acknowledgement: await measureAcknowledgement(bundle, options),
    deliveries: await measureDeliveries(bundle, options),
  };
  const markdown = renderWebhooks(results);
  console.log(markdown);
  if (options.publish) await publish('webhooks', { results, markdown, charts: {} });
} finally {
  closeConnections();
  await rm(folder, { recursive: true, force: true });
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('A whole number from 1 on.');
  return value;
}
