import { Command, Option } from 'commander';
import { UsageError } from '../../user-error.ts';
import { printJson } from '../../terminal/output.ts';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import { parseDuration } from '../keys/choices.ts';
import {
  type Channel,
  findChannel,
  integrationPath,
  integrationSchema,
  newIntegrationSchema,
} from './admin.ts';
import { type SecretOptions, withSecretOptions } from './choices.ts';
import { describeIntegration } from './describe.ts';
import { findSecret, missing, type NamedValues, refuseUnknown } from './values.ts';

interface RotateOptions extends EdgeOptions, SecretOptions {
  secret?: string[];
  generate?: string[];
  keepOld: number;
}

export function rotateCommand(): Command {
  const keepOld = new Option('--keep-old <time>', 'how long the old secrets still work: 90s, 30m, 12h, 7d');
  const command = new Command('rotate')
    .description('give an integration new secrets; the old ones work on for a time')
    .argument('<id>', 'an integration of "tandem integrations list"')
    .option('--secret <name...>', 'secrets that are new: from their variables, or asked for')
    .option('--generate <name...>', 'secrets that the edge is to make anew')
    .addOption(keepOld.argParser(parseDuration).default(86_400, '1d'));
  return withEdgeOptions(withSecretOptions(command), 'the integration with "generated_secrets"')
    .addHelpText(
      'after',
      `
While both work, requests signed with either are taken, and replies are sent with the new one.
Examples:
  tandem integrations rotate int_0123456789ab --secret-file signing_secret=./new.secret --keep-old 1h
  tandem integrations rotate int_0123456789ab --secret bot_token
  tandem integrations rotate int_0123456789ab --generate signing_secret`,
    )
    .action(rotate);
}

async function rotate(id: string, options: RotateOptions): Promise<void> {
  const admin = await adminClient(options.url);
  const path = integrationPath(id);
  const { channel: name } = await admin.call(integrationSchema, { method: 'GET', path });
  const channel = await findChannel(admin, name);
  const secrets = await newSecrets(channel, options);
  if (Object.keys(secrets).length === 0 && options.generate === undefined)
    throw new UsageError(`say what is new, by --secret-file, --secret or --generate: ${namesOf(channel)}.`);
  const rotated = await admin.call(newIntegrationSchema, {
    path: `${path}/rotate`,
    body: { secrets, generate: options.generate ?? [], keep_old_seconds: options.keepOld },
  });
  if (options.json) {
    printJson(rotated);
    return;
  }
  console.log(describeIntegration(rotated));
  for (const [secretName, secret] of Object.entries(rotated.generated_secrets))
    console.log(`Its new ${secretName}, which is not shown again: ${secret}`);
}

async function newSecrets(
  channel: Channel,
  { secret: names = [], secretFile: files = {} }: RotateOptions,
): Promise<NamedValues> {
  const asked = Object.fromEntries(names.map((name) => [name, '']));
  refuseUnknown(channel, asked, { secret: true, flag: '--secret' });
  refuseUnknown(channel, files, { secret: true, flag: '--secret-file' });
  const secrets: NamedValues = {};
  for (const field of channel.fields) {
    if (!Object.hasOwn({ ...asked, ...files }, field.name)) continue;
    const secret = await findSecret(channel, field, { files, mayAsk: true });
    if (secret === null) throw missing(channel, field);
    secrets[field.name] = secret;
  }
  return secrets;
}

function namesOf({ fields }: Channel): string {
  return fields
    .filter(({ secret }) => secret)
    .map(({ name }) => name)
    .join(', ');
}
