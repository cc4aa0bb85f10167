import { Command } from 'commander';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import { integrationPath, integrationSchema } from './admin.ts';
import { describeIntegration, printJson } from './describe.ts';

export function removeCommand(): Command {
  const command = new Command('remove')
    .description('end an integration for good, and forget its secrets')
    .argument('<id>', 'an integration of "tandem integrations list"');
  return withEdgeOptions(command)
    .addHelpText(
      'after',
      `
What its channel sends is refused, everywhere after about a minute. It stays listed for a month, and cannot be brought back. What was said
in its conversations is erased within two days; to keep some of it:
  tandem sessions list --key ID
  tandem sessions export SESSION_ID > session.json`,
    )
    .action(remove);
}

async function remove(id: string, { url, json }: EdgeOptions): Promise<void> {
  const admin = await adminClient(url);
  const path = `${integrationPath(id)}/revoke`;
  const removed = await admin.call(integrationSchema, { method: 'POST', path });
  if (json) printJson(removed);
  else console.log(describeIntegration(removed));
}
