import { Command, Option } from 'commander';
import * as z from 'zod';
import { note, printJson } from '../../terminal/output.ts';
import { plainLine } from '../../terminal/plain-text.ts';
import { formatTable } from '../../terminal/table.ts';
import { minuteOf } from '../../terminal/times.ts';
import { adminClient } from '../admin-client.ts';
import {
  deliveryDetailSchema,
  deliverySchema,
  describeDelivery,
  outcomeOf,
  webhookPath,
  webhookSchema,
  type WebhookOptions,
  withWebhookOptions,
} from './webhook.ts';

const MOST_AT_ONCE = 100;
const pageSchema = z.object({
  data: z.array(deliverySchema),
  has_more: z.boolean(),
  last_id: z.string().nullable(),
});
const replaySchema = z.object({ deliveries: z.number() });

export function listCommand(): Command {
  const command = new Command('list').description('show a key’s webhooks');
  return withWebhookOptions(command, 'a list of webhooks')
    .addHelpText('after', '\nExample:\n  tandem webhooks list --key key_0123456789ab')
    .action(async (options: WebhookOptions) => {
      const admin = await adminClient(options.url);
      const request = { method: 'GET' as const, path: webhookPath(options) };
      const { data } = await admin.call(z.object({ data: z.array(webhookSchema) }), request);
      if (options.json) printJson(data);
      else if (data.length === 0)
        note('There are no webhooks yet: "tandem webhooks create --help" shows how to make one.');
      else {
        const rows = data.map(({ id, url, events, enabled, disabled_reason }) => [
          id,
          enabled ? 'enabled' : `disabled (${disabled_reason})`,
          events.join(' ') || '-',
          url === null ? '-' : plainLine(url),
        ]);
        console.log(formatTable(['ID', 'STATE', 'EVENTS', 'ADDRESS'], rows));
      }
    });
}

export function deliveriesCommand(): Command {
  const states = new Option('--status <status>', 'these alone').choices(['pending', 'delivered', 'failed']);
  const command = new Command('deliveries')
    .description('show what was sent lately or is to be, newest first; or one of them with its attempts')
    .argument('<id>', 'a webhook of "tandem webhooks list", or "callbacks"')
    .argument('[delivery]', 'one of them')
    .addOption(states)
    .option('--after <delivery>', 'those that are older than this one');
  return withWebhookOptions(command, 'a list of deliveries, or the one with its "attempts"')
    .addHelpText(
      'after',
      `
Examples:
  tandem webhooks deliveries wh_0123456789ab --status failed
  tandem webhooks deliveries wh_0123456789ab evt_0123456789abcdef`,
    )
    .action(deliveries);
}

async function deliveries(
  id: string,
  delivery: string | undefined,
  options: WebhookOptions & { status?: string; after?: string },
): Promise<void> {
  const admin = await adminClient(options.url);
  const path = webhookPath(options, id, 'deliveries', ...(delivery === undefined ? [] : [delivery]));
  if (delivery !== undefined) {
    const shown = await admin.call(deliveryDetailSchema, { method: 'GET', path });
    return options.json ? printJson(shown) : console.log(describeDelivery(shown));
  }
  const { status, after } = options;
  const query = new URLSearchParams({
    limit: String(MOST_AT_ONCE),
    ...(status && { status }),
    ...(after && { after }),
  });
  const request = { method: 'GET' as const, path: `${path}?${query}` };
  const { data, has_more, last_id } = await admin.call(pageSchema, request);
  if (options.json) return printJson(data);
  if (data.length === 0) return note('There are no such deliveries.');
  const rows = data.map((each) => {
    const { last_attempt } = each;
    const answer = last_attempt === null ? '-' : String(last_attempt.status ?? last_attempt.error);
    return [each.id, each.type, minuteOf(each.created_at), outcomeOf(each), answer];
  });
  console.log(formatTable(['ID', 'TYPE', 'HAPPENED', 'STATE', 'LAST ANSWER'], rows));
  if (has_more) note(`There are older ones: --after ${last_id} shows them.`);
}

export function replayCommand(): Command {
  const command = new Command('replay')
    .description('send a delivery anew, or all that failed')
    .argument('<id>', 'a webhook of "tandem webhooks list", or "callbacks"')
    .argument('[delivery]', 'a delivery of "tandem webhooks deliveries"');
  return withWebhookOptions(command, 'the delivery, or how many "deliveries" are sent anew')
    .addHelpText(
      'after',
      '\nExamples:\n  tandem webhooks replay wh_0123456789ab\n  tandem webhooks replay wh_0123456789ab evt_0123456789abcdef',
    )
    .action(async (id: string, delivery: string | undefined, options: WebhookOptions) => {
      const admin = await adminClient(options.url);
      if (delivery !== undefined) {
        const path = webhookPath(options, id, 'deliveries', delivery, 'replay');
        const again = await admin.call(deliveryDetailSchema, { path });
        return options.json ? printJson(again) : console.log(describeDelivery(again));
      }
      const replayed = await admin.call(replaySchema, { path: webhookPath(options, id, 'replay') });
      const { deliveries: count } = replayed;
      if (options.json) printJson(replayed);
      else console.log(`Sent anew: ${count}.`);
    });
}
