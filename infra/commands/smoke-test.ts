import { Command } from 'commander';
import { describeFinding } from '../doctor/describe-finding.ts';
import { isProblem } from '../doctor/finding.ts';
import { apiKey, EDGE_URL_HELP, EdgeClient, edgeAddress, KEY_FILE_HELP } from '../edge-client.ts';
import { smokeTest } from '../smoke-test/smoke-test.ts';
import { printJson } from '../terminal/output.ts';
import { type JsonOption, withJson } from './json-option.ts';

export function smokeTestCommand(): Command {
  const command = new Command('smoke-test')
    .description(
      'use an edge as its clients do, all the way to the model: health, a reply, a stream, a session',
    )
    .option('--url <url>', EDGE_URL_HELP)
    .option('--key-file <file>', KEY_FILE_HELP);
  return withJson(command, 'a list of findings, as those of "tandem doctor"')
    .addHelpText(
      'after',
      `
Four replies. What is said is erased, and shown nowhere. Ends with 1 where something is wrong.

Example:
  tandem smoke-test --url https://chat.example.com --key-file shop.key`,
    )
    .action(run);
}

async function run(options: JsonOption & { url?: string; keyFile?: string }): Promise<void> {
  const findings = await smokeTest(new EdgeClient(edgeAddress(options.url), await apiKey(options)));
  if (options.json) printJson(findings);
  else for (const finding of findings) console.log(describeFinding(finding));
  if (findings.some(isProblem)) process.exitCode = 1;
}
