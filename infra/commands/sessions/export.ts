import { Command } from 'commander';
import * as z from 'zod';
import { printJson } from '../../terminal/output.ts';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import { sessionPath } from './session.ts';

export function exportCommand(): Command {
  const command = new Command('export')
    .description('write all that is held of a session, as JSON')
    .argument('<id>', 'a session of "tandem sessions list"');
  return withEdgeOptions(command, 'what it writes anyway')
    .addHelpText('after', '\nExample:\n  tandem sessions export sess_0123456789abcdef > session.json')
    .action(exportSession);
}

async function exportSession(id: string, { url }: EdgeOptions): Promise<void> {
  const admin = await adminClient(url);
  const request = { method: 'GET' as const, path: `${sessionPath(id)}/export` };
  printJson(await admin.call(z.looseObject({}), request));
}
