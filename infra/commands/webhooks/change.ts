import { Command, Option } from 'commander';
import * as z from 'zod';
import { adminClient } from '../admin-client.ts';
import { parseDuration } from '../keys/choices.ts';
import {
  deliveryDetailSchema,
  describeDelivery,
  describeWebhook,
  newWebhookSchema,
  webhookPath,
  webhookSchema,
  type WebhookOptions,
  withWebhookOptions,
} from './webhook.ts';

const A_WEBHOOK = 'a webhook of "tandem webhooks list"';

export function createCommand(): Command {
  const command = new Command('create')
    .description('be told of what happens')
    .argument('<url>', 'a public https address')
    .requiredOption('--event <type...>', 'message.replied, message.flagged, session.created, session.expired')
    .option('--description <text>', 'what it is for');
  return withWebhookOptions(command)
    .addHelpText('after', '\nThe secret is all that is written to standard output, and it is shown once.')
    .action(create);
}

async function create(
  url: string,
  options: WebhookOptions & { event: string[]; description?: string },
): Promise<void> {
  const { event: events, description } = options;
  const body = { url, events, ...(description !== undefined && { description }) };
  const admin = await adminClient(options.url);
  showNew(await admin.call(newWebhookSchema, { path: webhookPath(options), body }), options);
}

export function rotateCommand(): Command {
  const keepOld = new Option('--keep-old <time>', 'how long the old keys sign too: 90s, 30m, 12h, 7d');
  const command = new Command('rotate')
    .description('give a webhook new keys; "callbacks" for those that sign callbacks')
    .argument('<id>', A_WEBHOOK)
    .addOption(keepOld.argParser(parseDuration).default(86_400, '1d'));
  return withWebhookOptions(command).action(rotate);
}

async function rotate(id: string, options: WebhookOptions & { keepOld: number }): Promise<void> {
  const admin = await adminClient(options.url);
  const request = { path: webhookPath(options, id, 'rotate'), body: { keep_old_seconds: options.keepOld } };
  showNew(await admin.call(newWebhookSchema, request), options);
}

function showNew({ secret, ...webhook }: z.infer<typeof newWebhookSchema>, { json }: WebhookOptions): void {
  if (json) {
    console.log(JSON.stringify({ ...webhook, secret }, null, 2));
    return;
  }
  console.error(describeWebhook(webhookSchema.parse(webhook)));
  console.error('Keep the secret now: it is not shown again.');
  console.log(secret);
}

/** "enable" or "disable". */
export function switchCommand(name: 'enable' | 'disable'): Command {
  const command = new Command(name).description(`${name} a webhook`).argument('<id>', A_WEBHOOK);
  return withWebhookOptions(command).action(async (id: string, options: WebhookOptions) => {
    const admin = await adminClient(options.url);
    const body = { enabled: name === 'enable' };
    const request = { method: 'PATCH' as const, path: webhookPath(options, id), body };
    const webhook = await admin.call(webhookSchema, request);
    console.log(options.json ? JSON.stringify(webhook, null, 2) : describeWebhook(webhook));
  });
}

export function deleteCommand(): Command {
  const command = new Command('delete')
    .description('delete a webhook and its deliveries')
    .argument('<id>', A_WEBHOOK);
  return withWebhookOptions(command).action(async (id: string, options: WebhookOptions) => {
    const admin = await adminClient(options.url);
    await admin.call(z.undefined(), { method: 'DELETE', path: webhookPath(options, id) });
    console.log(options.json ? JSON.stringify({ id, deleted: true }) : `${id} is deleted.`);
  });
}

export function testCommand(): Command {
  const command = new Command('test')
    .description('send a webhook.test now, once, and show what comes of it')
    .argument('<id>', A_WEBHOOK);
  return withWebhookOptions(command).action(async (id: string, options: WebhookOptions) => {
    const admin = await adminClient(options.url);
    const tried = await admin.call(deliveryDetailSchema, { path: webhookPath(options, id, 'test') });
    console.log(options.json ? JSON.stringify(tried, null, 2) : describeDelivery(tried));
    if (tried.status !== 'delivered') process.exitCode = 1;
  });
}
