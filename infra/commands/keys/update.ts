import { Command } from 'commander';
import { printJson } from '../../terminal/output.ts';
import { UsageError } from '../../user-error.ts';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import { keyPath, keySchema } from './key.ts';
import { type PolicyOptions, policyBody, withPolicyOptions } from './choices.ts';
import { describeKey } from './show.ts';

export function updateCommand(): Command {
  const command = new Command('update')
    .description('change what a key may do; what is not named stays')
    .argument('<id>', 'a key of "tandem keys list"');
  return withEdgeOptions(withPolicyOptions(command), 'the key')
    .addHelpText(
      'after',
      `
Quotas change at once, the rest within about a minute everywhere. --origin names all origins anew.
Examples:
  tandem keys update key_0123456789ab --tokens 1000000/day
  tandem keys update key_0123456789ab --requests none --safety off`,
    )
    .action(update);
}

async function update(id: string, options: EdgeOptions & PolicyOptions): Promise<void> {
  const changes = policyBody(options);
  if (Object.keys(changes).length === 0)
    throw new UsageError('say what to change: --help shows what there is.');
  const admin = await adminClient(options.url);
  const key = await admin.call(keySchema, { method: 'PATCH', path: keyPath(id), body: changes });
  if (options.json) printJson(key);
  else console.log(describeKey(key));
}
