import { Command } from 'commander';
import { UserError } from '../../user-error.ts';
import { printJson } from '../../terminal/output.ts';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import { PUBLIC_URL_HELP, publicAddress, registerWhereReachable, webhookAddress } from './add.ts';
import { checkConnection, integrationPath, integrationSchema } from './admin.ts';
import { describeCheck, describeRegistration } from './describe.ts';

interface TestOptions extends EdgeOptions {
  register: boolean;
  publicUrl?: string;
}

export function testCommand(): Command {
  const command = new Command('test')
    .description('ask the channel whether the secrets are right')
    .argument('<id>', 'an integration of "tandem integrations list"')
    .option(
      '--register',
      'also tells the channel the address and the commands, where it has an API for that',
      false,
    )
    .option('--public-url <url>', PUBLIC_URL_HELP);
  return withEdgeOptions(command, '"check" and "registration", each with its "outcome"')
    .addHelpText(
      'after',
      `
It ends with 1 where the channel refuses.

Examples:
  tandem integrations test int_0123456789ab
  tandem integrations test int_0123456789ab --register --public-url https://chat.example.com`,
    )
    .action(test);
}

async function test(id: string, options: TestOptions): Promise<void> {
  const publicUrl = options.publicUrl === undefined ? null : publicAddress(options.publicUrl);
  const admin = await adminClient(options.url);
  const integration = await admin.call(integrationSchema, { method: 'GET', path: integrationPath(id) });
  const webhookUrl = webhookAddress(integration, publicUrl);
  const check = await checkConnection(admin, id);
  const registration = options.register ? await registerWhereReachable(admin, integration, webhookUrl) : null;
  if (options.register && registration === null)
    throw new UserError('the channel cannot reach this machine: give the public address by --public-url.');
  if (options.json) printJson({ check, registration });
  else {
    console.log(describeCheck(integration.channel, check));
    const told = registration && describeRegistration(integration.channel, registration);
    if (told) console.log(told);
  }
  if ([check, registration].some((verdict) => verdict?.outcome === 'failed')) process.exitCode = 1;
}
