import { styleText } from 'node:util';
import { Command } from 'commander';
import { EDGE_URL_HELP, EdgeClient, edgeAddress } from '../edge-client.ts';
import { smokeTest } from '../smoke-test/smoke-test.ts';
import { plainLine } from '../terminal/plain-text.ts';

export function smokeTestCommand(): Command {
  return new Command('smoke-test')
    .description(
      'use an edge as its clients do, all the way to the model: health, a reply, a stream, a session',
    )
    .option('--url <url>', EDGE_URL_HELP)
    .option('--json', 'for programs: a list of findings', false)
    .addHelpText(
      'after',
      `
Four replies. What is said is erased, and shown nowhere. TANDEM_API_KEY is a secret key for an edge that is not in development mode.
Ends with 1 where something is wrong.`,
    )
    .action(run);
}

async function run({ url, json }: { url?: string; json: boolean }): Promise<void> {
  const findings = await smokeTest(
    new EdgeClient(edgeAddress(url), process.env['TANDEM_API_KEY'] || undefined),
  );
  if (json) console.log(JSON.stringify(findings, null, 2));
  for (const { about, state, found, advice } of json ? [] : findings) {
    const mark = styleText(state === 'ok' ? 'green' : 'red', state.padEnd(8), { stream: process.stdout });
    console.log(
      `${mark} ${about}: ${plainLine(found)}${advice === undefined ? '' : `\n         → ${advice}`}`,
    );
  }
  if (findings.some(({ state }) => state === 'problem')) process.exitCode = 1;
}
