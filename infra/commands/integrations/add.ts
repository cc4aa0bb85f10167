import { Command } from 'commander';
import { edgeAddress, isThisMachine, type EdgeClient } from '../../edge-client.ts';
import { ask, canAsk } from '../../terminal/ask.ts';
import { UsageError } from '../../user-error.ts';
import { printJson } from '../../terminal/output.ts';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import {
  type Channel,
  checkConnection,
  findChannel,
  type Integration,
  newIntegrationSchema,
  register,
  type Verdict,
} from './admin.ts';
import {
  integrationBody,
  type IntegrationOptions,
  type SecretOptions,
  withIntegrationOptions,
  withSecretOptions,
} from './choices.ts';
import { describeCheck, describeIntegration, describeRegistration, describeSteps } from './describe.ts';
import { findSecret, missing, type NamedValues, refuseUnknown, variableOf } from './values.ts';

interface AddOptions extends EdgeOptions, IntegrationOptions, SecretOptions {
  publicUrl?: string;
  test: boolean;
}

/** Not 1: a script that tried again would add a second one. */
const ADDED_BUT_NOT_WORKING = 3;

export const PUBLIC_URL_HELP =
  "the edge's address as the channel reaches it, where --url is another: https://…";

export function addCommand(): Command {
  const command = new Command('add')
    .description('set up a channel: keep its secrets, test them, and tell what is left to do there')
    .argument('<channel>', 'slack, telegram or another of "tandem integrations channels"')
    .option('--public-url <url>', PUBLIC_URL_HELP)
    .option('--no-test', 'does not ask the channel for anything');
  return withEdgeOptions(
    withSecretOptions(withIntegrationOptions(command)),
    'the integration with "generated_secrets", "check" and "registration"',
  )
    .addHelpText(
      'after',
      `
A secret comes from --secret-file, from a variable such as SLACK_BOT_TOKEN, or, at a terminal, from a question whose answer is not
shown. "tandem integrations channels" lists the names. --no-test is for a channel that cannot be reached from the edge.

Ends with 0 when it is there and the channel has refused nothing, 1 where nothing was added, 3 where it was added but does not work: the
channel does not take the secrets, cannot be reached, or could not be told of the address. What was added stays, and is not added again:
"rotate" and "update" put it right, "test" asks again, "remove" takes it away.

Examples:
  SLACK_BOT_TOKEN=xoxb-… SLACK_SIGNING_SECRET=… tandem integrations add slack --name support --place C024BE91L
  tandem integrations add telegram --set bot_username=my_bot --secret-file bot_token=./telegram.token
  tandem integrations add generic --set text_pointer=/message/text --set reply_url=https://system.example/replies`,
    )
    .action(add);
}

async function add(channelName: string, options: AddOptions): Promise<void> {
  const publicUrl = options.publicUrl === undefined ? null : publicAddress(options.publicUrl);
  const admin = await adminClient(options.url);
  const channel = await findChannel(admin, channelName);
  const settings = await gatherSettings(channel, options.set ?? {});
  const secrets = await gatherSecrets(channel, options.secretFile ?? {});
  const made = await admin.call(newIntegrationSchema, {
    path: 'admin/v1/integrations',
    body: { channel: channel.name, ...integrationBody(options), settings, secrets },
  });
  const webhookUrl = webhookAddress(made, publicUrl);
  const check = options.test ? await checkConnection(admin, made.id) : null;
  const registration = options.test ? await registerWhereReachable(admin, made, webhookUrl) : null;
  const isWorking = ![check, registration].some((verdict) => verdict?.outcome === 'failed');
  if (!isWorking) process.exitCode = ADDED_BUT_NOT_WORKING;
  if (options.json) {
    printJson({ ...made, webhook_url: webhookUrl, check, registration });
    return;
  }
  const { generated_secrets: generated, ...integration } = made;
  console.log(describeIntegration(integration));
  console.log(`Its address: ${webhookUrl}`);
  for (const [name, secret] of Object.entries(generated))
    console.log(`Its ${name}, which is not shown again: ${secret}`);
  if (check !== null) console.log(describeCheck(channel.name, check));
  const told = registration && describeRegistration(channel.name, registration);
  if (told) console.log(told);
  if (!isWorking)
    console.log(
      `It is kept all the same: "tandem integrations rotate ${made.id}" takes another secret, "update" other settings; "test" asks again.`,
    );
  if (isLocal(webhookUrl))
    console.log(
      'Only this machine reaches that address: deploy the edge, or give a public one by --public-url.',
    );
  console.log(`What is left to do:\n${describeSteps(integration, webhookUrl, made.webhook_url)}`);
}

async function gatherSettings(channel: Channel, given: NamedValues): Promise<NamedValues> {
  refuseUnknown(channel, given, { secret: false, flag: '--set' });
  const settings = { ...given };
  for (const field of channel.fields.filter(({ secret }) => !secret)) {
    if (settings[field.name] !== undefined) continue;
    const value = process.env[variableOf(channel, field)] || (field.required && (await askFor(field)));
    if (value) settings[field.name] = value;
    else if (field.required) throw missing(channel, field);
  }
  return settings;
}

async function askFor({ name, description }: { name: string; description: string }): Promise<string> {
  return canAsk() ? ask(`${name} (${description}): `) : '';
}

async function gatherSecrets(channel: Channel, files: NamedValues): Promise<NamedValues> {
  refuseUnknown(channel, files, { secret: true, flag: '--secret-file' });
  const secrets: NamedValues = {};
  for (const field of channel.fields.filter(({ secret }) => secret)) {
    const secret = await findSecret(channel, field, { files, mayAsk: field.required });
    if (secret !== null) secrets[field.name] = secret;
    else if (field.required) throw missing(channel, field);
  }
  return secrets;
}

/** @throws {UserError} for what is no address on the web */
export function publicAddress(url: string): URL {
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:')
    throw new UsageError(`--public-url is ${JSON.stringify(url)}: channels call https:// addresses alone.`);
  return new URL(url);
}

/** An integration's address as its channel is to call it. */
export function webhookAddress(
  { webhook_url }: Pick<Integration, 'webhook_url'>,
  publicUrl: URL | null,
): string {
  if (publicUrl === null) return webhook_url;
  return `${publicUrl.origin}${publicUrl.pathname.replace(/\/+$/, '')}${new URL(webhook_url).pathname}`;
}

/** Null where no channel could call what it would be told. */
export async function registerWhereReachable(
  admin: EdgeClient,
  { id }: Pick<Integration, 'id'>,
  webhookUrl: string,
): Promise<Verdict | null> {
  return isLocal(webhookUrl) ? null : register(admin, id, webhookUrl);
}

function isLocal(url: string): boolean {
  return isThisMachine(edgeAddress(url));
}
