import { Command } from 'commander';
import * as z from 'zod';
import { EDGE_URL_HELP } from '../../edge-client.ts';
import { adminClient } from '../admin-client.ts';
import { sessionPath } from './session.ts';

export function exportCommand(): Command {
  return new Command('export')
    .description('write all that is held of a session, as JSON')
    .argument('<id>', 'a session of "tandem sessions list"')
    .option('--url <url>', EDGE_URL_HELP)
    .addHelpText('after', '\nExample:\n  tandem sessions export sess_… > session.json')
    .action(exportSession);
}

async function exportSession(id: string, { url }: { url?: string }): Promise<void> {
  const admin = await adminClient(url);
  const request = { method: 'GET' as const, path: `${sessionPath(id)}/export` };
  console.log(JSON.stringify(await admin.call(z.looseObject({}), request), null, 2));
}
