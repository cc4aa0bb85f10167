import { Command, Option } from 'commander';
import { UsageError } from '../../user-error.ts';
import { printJson } from '../../terminal/output.ts';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import { defined } from '../keys/choices.ts';
import { integrationPath, integrationSchema } from './admin.ts';
import { integrationBody, type IntegrationOptions, withIntegrationOptions } from './choices.ts';
import { describeIntegration } from './describe.ts';

interface UpdateOptions extends EdgeOptions, IntegrationOptions {
  unset?: string[];
  everywhere?: true;
  state?: 'on' | 'off';
}

export function updateCommand(): Command {
  const command = new Command('update')
    .description('change what an integration does; what is not named stays')
    .argument('<id>', 'an integration of "tandem integrations list"')
    .option('--unset <name...>', 'settings that are to be as if they were never set')
    .addOption(new Option('--everywhere', 'answers in all places again').conflicts('place'))
    .addOption(new Option('--state <state>', 'off: as if it were not there').choices(['on', 'off']));
  return withEdgeOptions(withIntegrationOptions(command), 'the integration')
    .addHelpText(
      'after',
      `
Quotas change at once, the rest within about a minute everywhere. Secrets are changed by "rotate".
Examples:
  tandem integrations update int_0123456789ab --place C024BE91L C061EG9SL
  tandem integrations update int_0123456789ab --state off`,
    )
    .action(update);
}

async function update(id: string, options: UpdateOptions): Promise<void> {
  const unset = Object.fromEntries((options.unset ?? []).map((name) => [name, null]));
  const settings = { ...options.set, ...unset };
  const changes = defined({
    ...integrationBody(options),
    settings: Object.keys(settings).length > 0 ? settings : undefined,
    ...(options.everywhere && { places: null }),
    enabled: options.state && options.state === 'on',
  });
  if (Object.keys(changes).length === 0)
    throw new UsageError('say what to change: --help shows what there is.');
  const admin = await adminClient(options.url);
  const changed = await admin.call(integrationSchema, {
    method: 'PATCH',
    path: integrationPath(id),
    body: changes,
  });
  if (options.json) printJson(changed);
  else console.log(describeIntegration(changed));
}
