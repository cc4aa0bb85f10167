import { Command, Option } from 'commander';
import * as z from 'zod';
import { EVENT_TYPES } from '../../../edge/webhooks/outbound/events.ts';
import { note, printJson } from '../../terminal/output.ts';
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
  const events = new Option('--event <type...>', 'what it is told of').choices(EVENT_TYPES);
  const command = new Command('create')
    .description('be told of what happens')
    .argument('<url>', 'a public https address')
    .addOption(events.makeOptionMandatory())
    .option('--description <text>', 'what it is for');
  return withWebhookOptions(command, 'the webhook with its "secret"')
    .addHelpText(
      'after',
      `
The secret is all that is written to standard output, and it is shown once.

Examples:
  tandem webhooks create https://shop.example/hook --event message.replied
  tandem webhooks create https://shop.example/hook --event session.created session.expired --key key_0123456789ab`,
    )
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
  return withWebhookOptions(command, 'the webhook with its new "secret"')
    .addHelpText('after', '\nExample:\n  tandem webhooks rotate wh_0123456789ab --keep-old 7d')
    .action(rotate);
}

async function rotate(id: string, options: WebhookOptions & { keepOld: number }): Promise<void> {
  const admin = await adminClient(options.url);
  const request = { path: webhookPath(options, id, 'rotate'), body: { keep_old_seconds: options.keepOld } };
  showNew(await admin.call(newWebhookSchema, request), options);
}

function showNew({ secret, ...webhook }: z.infer<typeof newWebhookSchema>, { json }: WebhookOptions): void {
  if (json) {
    printJson({ ...webhook, secret });
    return;
  }
  note(describeWebhook(webhookSchema.parse(webhook)));
  note('Keep the secret now: it is not shown again.');
  console.log(secret);
}

/** "enable" or "disable". */
export function switchCommand(name: 'enable' | 'disable'): Command {
  const command = new Command(name).description(`${name} a webhook`).argument('<id>', A_WEBHOOK);
  return withWebhookOptions(command, 'the webhook')
    .addHelpText('after', `\nExample:\n  tandem webhooks ${name} wh_0123456789ab`)
    .action(async (id: string, options: WebhookOptions) => {
      const admin = await adminClient(options.url);
      const body = { enabled: name === 'enable' };
      const request = { method: 'PATCH' as const, path: webhookPath(options, id), body };
      const webhook = await admin.call(webhookSchema, request);
      if (options.json) printJson(webhook);
      else console.log(describeWebhook(webhook));
    });
}

export function deleteCommand(): Command {
  const command = new Command('delete')
    .description('delete a webhook and its deliveries')
    .argument('<id>', A_WEBHOOK);
  return withWebhookOptions(command, 'the "id" and "deleted": true')
    .addHelpText('after', '\nExample:\n  tandem webhooks delete wh_0123456789ab')
    .action(async (id: string, options: WebhookOptions) => {
      const admin = await adminClient(options.url);
      await admin.call(z.undefined(), { method: 'DELETE', path: webhookPath(options, id) });
      if (options.json) printJson({ id, deleted: true });
      else console.log(`${id} is deleted.`);
    });
}

export function testCommand(): Command {
  const command = new Command('test')
    .description('send a webhook.test now, once, and show what comes of it')
    .argument('<id>', A_WEBHOOK);
  return withWebhookOptions(command, 'the delivery with its attempt')
    .addHelpText(
      'after',
      '\nIt ends with 1 where nobody took it.\n\nExample:\n  tandem webhooks test wh_0123456789ab',
    )
    .action(async (id: string, options: WebhookOptions) => {
      const admin = await adminClient(options.url);
      const tried = await admin.call(deliveryDetailSchema, { path: webhookPath(options, id, 'test') });
      if (options.json) printJson(tried);
      else console.log(describeDelivery(tried));
      if (tried.status !== 'delivered') process.exitCode = 1;
    });
}
