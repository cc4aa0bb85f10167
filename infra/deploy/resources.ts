import type { Plan } from './plan.ts';
import type { RunWrangler } from './wrangler.ts';

/**
 * Makes what is missing, one after the other: where one fails, those before it are there, and the next deployment finds them.
 * @throws {UserError} wrangler's
 */
export async function makeResources(
  { namespaces, queues }: Pick<Plan, 'namespaces' | 'queues'>,
  { wrangler, tell }: { wrangler: RunWrangler; tell: (line: string) => void },
): Promise<void> {
  for (const title of namespaces) {
    await wrangler(['kv', 'namespace', 'create', title]);
    tell(`KV namespace ${title} is made.`);
  }
  for (const name of queues) {
    await wrangler(['queues', 'create', name]);
    tell(`Queue ${name} is made.`);
  }
}
