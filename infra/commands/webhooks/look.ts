import { Command, Option } from 'commander';
import * as z from 'zod';
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
const pageSchema = z.object({ data: z.array(deliverySchema) });
const replaySchema = z.object({ deliveries: z.number() });

export function listCommand(): Command {
  const command = new Command('list').description('show a key’s webhooks');
  return withWebhookOptions(command).action(async (options: WebhookOptions) => {
    const admin = await adminClient(options.url);
    const request = { method: 'GET' as const, path: webhookPath(options) };
    const { data } = await admin.call(z.object({ data: z.array(webhookSchema) }), request);
    if (options.json) console.log(JSON.stringify(data, null, 2));
    else if (data.length === 0)
      console.error('There are no webhooks yet: "tandem webhooks create --help" shows how to make one.');
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
    .addOption(states);
  return withWebhookOptions(command).action(deliveries);
}

async function deliveries(
  id: string,
  delivery: string | undefined,
  options: WebhookOptions & { status?: string },
): Promise<void> {
  const admin = await adminClient(options.url);
  const path = webhookPath(options, id, 'deliveries', ...(delivery === undefined ? [] : [delivery]));
  if (delivery !== undefined) {
    const shown = await admin.call(deliveryDetailSchema, { method: 'GET', path });
    return console.log(options.json ? JSON.stringify(shown, null, 2) : describeDelivery(shown));
  }
  const status = options.status === undefined ? '' : `&status=${options.status}`;
  const request = { method: 'GET' as const, path: `${path}?limit=${MOST_AT_ONCE}${status}` };
  const { data } = await admin.call(pageSchema, request);
  if (options.json) return console.log(JSON.stringify(data, null, 2));
  if (data.length === 0) return console.error('There are no such deliveries.');
  const rows = data.map((each) => {
    const { last_attempt } = each;
    const answer = last_attempt === null ? '-' : String(last_attempt.status ?? last_attempt.error);
    return [each.id, each.type, minuteOf(each.created_at), outcomeOf(each), answer];
  });
  console.log(formatTable(['ID', 'TYPE', 'HAPPENED', 'STATE', 'LAST ANSWER'], rows));
}

export function replayCommand(): Command {
  const command = new Command('replay')
    .description('send a delivery anew, or all that failed')
    .argument('<id>', 'a webhook of "tandem webhooks list", or "callbacks"')
    .argument('[delivery]', 'a delivery of "tandem webhooks deliveries"');
  return withWebhookOptions(command).action(
    async (id: string, delivery: string | undefined, options: WebhookOptions) => {
      const admin = await adminClient(options.url);
      if (delivery !== undefined) {
        const path = webhookPath(options, id, 'deliveries', delivery, 'replay');
        const again = await admin.call(deliveryDetailSchema, { path });
        return console.log(options.json ? JSON.stringify(again, null, 2) : describeDelivery(again));
      }
      const replayed = await admin.call(replaySchema, { path: webhookPath(options, id, 'replay') });
      const { deliveries: count } = replayed;
      console.log(options.json ? JSON.stringify(replayed) : `Sent anew: ${count}.`);
    },
  );
}
