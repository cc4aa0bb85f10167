import { Command } from 'commander';
import { EDGE_URL_HELP, edgeAddress } from '../edge-client.ts';
import { adminToken } from './admin-client.ts';

export function consoleCommand(): Command {
  return new Command('console')
    .description('show where the console is and the admin token that opens it')
    .option('--url <url>', EDGE_URL_HELP)
    .addHelpText(
      'after',
      '\nThe token is all that is written to standard output. It opens every session and every key: show it to nobody.',
    )
    .action(showConsole);
}

async function showConsole({ url }: { url?: string }): Promise<void> {
  const edge = edgeAddress(url);
  const token = await adminToken(edge);
  console.error(`Open ${new URL('console', withSlash(edge))} and log in with:`);
  console.log(token);
}

function withSlash(edge: URL): URL {
  return new URL(edge.href.replace(/\/*$/, '/'));
}
