import { Command } from 'commander';
import * as z from 'zod';
import { printJson } from '../../terminal/output.ts';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import { sessionPath } from './session.ts';

export function eraseCommand(): Command {
  const command = new Command('erase')
    .description('erase a session and all that is held of it, for good')
    .argument('<id>', 'a session of "tandem sessions list"');
  return withEdgeOptions(command, 'the "id" and "erased": true')
    .addHelpText(
      'after',
      `
It is gone at once, and may stay in lists for a minute. It cannot be undone.

Example:
  tandem sessions erase sess_0123456789abcdef`,
    )
    .action(erase);
}

async function erase(id: string, { url, json }: EdgeOptions): Promise<void> {
  const admin = await adminClient(url);
  await admin.call(z.undefined(), { method: 'DELETE', path: sessionPath(id) });
  if (json) printJson({ id, erased: true });
  else console.log(`${id} is erased.`);
}
