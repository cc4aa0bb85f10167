import { Command } from 'commander';
import { printJson } from '../../terminal/output.ts';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import { integrationPath, integrationSchema } from './admin.ts';
import { describeIntegration } from './describe.ts';

export function removeCommand(): Command {
  const command = new Command('remove')
    .description('end an integration for good, and forget its secrets')
    .argument('<id>', 'an integration of "tandem integrations list"');
  return withEdgeOptions(command, 'the integration')
    .addHelpText(
      'after',
      `
What its channel sends is refused, everywhere after about a minute. It stays listed for a month, and cannot be brought back. What was said
in its conversations is erased within two days; to keep some of it:
  tandem sessions list --key int_0123456789ab
  tandem sessions export sess_0123456789abcdef > session.json

Example:
  tandem integrations remove int_0123456789ab`,
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
