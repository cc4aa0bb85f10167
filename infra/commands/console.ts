import { Command } from 'commander';
import { EDGE_URL_HELP, edgeAddress } from '../edge-client.ts';
import { note, printJson } from '../terminal/output.ts';
import { adminToken } from './admin-client.ts';
import { type JsonOption, withJson } from './json-option.ts';

export function consoleCommand(): Command {
  const command = new Command('console')
    .description('show where the console is and the admin token that opens it')
    .option('--url <url>', EDGE_URL_HELP);
  return withJson(command, 'the "url" and the "token"')
    .addHelpText(
      'after',
      `
The token is all that is written to standard output. It opens every session and every key: show it to nobody.

Examples:
  tandem console
  ADMIN_TOKEN=… tandem console --url https://chat.example.com`,
    )
    .action(showConsole);
}

async function showConsole({ url, json }: JsonOption & { url?: string }): Promise<void> {
  const edge = edgeAddress(url);
  const token = await adminToken(edge);
  const page = new URL('console', withSlash(edge)).href;
  if (json) return printJson({ url: page, token });
  note(`Open ${page} and log in with:`);
  console.log(token);
}

function withSlash(edge: URL): URL {
  return new URL(edge.href.replace(/\/*$/, '/'));
}
