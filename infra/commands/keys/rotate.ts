import { Command, Option } from 'commander';
import { printJson } from '../../terminal/output.ts';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import { keyPath, newKeySchema } from './key.ts';
import { parseDuration } from './choices.ts';
import { showNewKey } from './show.ts';

export function rotateCommand(): Command {
  const keepOld = new Option('--keep-old <time>', 'how long the old key still works: 90s, 30m, 12h, 7d');
  const command = new Command('rotate')
    .description('give a key a new text; the old one works on for a time')
    .argument('<id>', 'a key of "tandem keys list"')
    .addOption(keepOld.argParser(parseDuration).default(86_400, '1d'));
  return withEdgeOptions(command, 'the key with its new text, "key"')
    .addHelpText(
      'after',
      `
The id, the policy, the quotas and the sessions stay. The new key is all that is written to standard output. After a leak, use
--keep-old 0s: the old key then ends within about a minute everywhere, and at once for what asks the model only by "revoke".

Examples:
  tandem keys rotate key_0123456789ab --keep-old 7d
  tandem keys rotate key_0123456789ab --keep-old 0s > new.key`,
    )
    .action(rotate);
}

async function rotate(id: string, options: EdgeOptions & { keepOld: number }): Promise<void> {
  const admin = await adminClient(options.url);
  const path = `${keyPath(id)}/rotate`;
  const rotated = await admin.call(newKeySchema, { path, body: { keep_old_seconds: options.keepOld } });
  if (options.json) printJson(rotated);
  else showNewKey(rotated);
}
