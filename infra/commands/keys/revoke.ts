import { Command } from 'commander';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import { keyPath, keySchema } from './key.ts';
import { describeKey } from './show.ts';

export function revokeCommand(): Command {
  const command = new Command('revoke')
    .description('end a key for good, with its session tokens')
    .argument('<id>', 'a key of "tandem keys list"');
  return withEdgeOptions(command)
    .addHelpText(
      'after',
      '\nIt asks the model for nothing from now on, and opens nothing else after about a minute. It cannot be undone.',
    )
    .action(revoke);
}

async function revoke(id: string, { url, json }: EdgeOptions): Promise<void> {
  const admin = await adminClient(url);
  const key = await admin.call(keySchema, { method: 'POST', path: `${keyPath(id)}/revoke` });
  console.log(json ? JSON.stringify(key, null, 2) : describeKey(key));
}
