import { Command } from 'commander';
import { plainLine } from '../../terminal/plain-text.ts';
import { formatTable } from '../../terminal/table.ts';
import { printJson } from '../../terminal/output.ts';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import { type Channel, type Field, listChannels } from './admin.ts';

export function channelsCommand(): Command {
  const command = new Command('channels').description(
    'show the channels there are, and what each wants to know',
  );
  return withEdgeOptions(command, 'a list of channels with their "fields"')
    .addHelpText('after', '\nExample:\n  tandem integrations channels')
    .action(channels);
}

async function channels({ url, json }: EdgeOptions): Promise<void> {
  const all = await listChannels(await adminClient(url));
  if (json) printJson(all);
  else console.log(formatTable(['CHANNEL', 'NAME', 'KIND', 'WHAT IT IS'], all.flatMap(rowsOf)));
}

function rowsOf({ name, fields }: Channel): string[][] {
  return fields.map((field) => [name, field.name, kindOf(field), plainLine(field.description)]);
}

function kindOf({ secret, required, generated }: Field): string {
  if (generated) return 'secret, made if not given';
  return `${secret ? 'secret' : 'setting'}${required ? '' : ', optional'}`;
}
