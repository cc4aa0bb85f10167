import { Command } from 'commander';
import { printJson } from '../../terminal/output.ts';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import { keyPath, keySchema } from './key.ts';
import { describeKey } from './show.ts';

export function revokeCommand(): Command {
  const command = new Command('revoke')
    .description('end a key for good, with its session tokens')
    .argument('<id>', 'a key of "tandem keys list"');
  return withEdgeOptions(command, 'the key')
    .addHelpText(
      'after',
      `
It asks the model for nothing from now on, and opens nothing else after about a minute. It cannot be undone.

Example:
  tandem keys revoke key_0123456789ab`,
    )
    .action(revoke);
}

async function revoke(id: string, { url, json }: EdgeOptions): Promise<void> {
  const admin = await adminClient(url);
  const key = await admin.call(keySchema, { method: 'POST', path: `${keyPath(id)}/revoke` });
  if (json) printJson(key);
  else console.log(describeKey(key));
}
