import { table } from '../report/markdown.ts';
import type { Acknowledgement } from './acknowledgement.ts';
import { type DeliverySpeed, renderDeliveries } from './deliveries.ts';

/** What a run of `npm run bench:webhooks` found. */
export interface WebhookResults {
  date: string;
  cpu: string;
  versions: Record<string, string>;
  /** Of the machine before the run: processes that wanted a processor, on the average of a minute. */
  loadBefore: number;
  acknowledgement: Acknowledgement;
  deliveries: DeliverySpeed;
}

/** Slack and Discord wait so long. */
export const CHANNEL_TIMEOUT_MS = 3_000;

export function renderWebhooks(results: WebhookResults): string {
  const { date, cpu, versions, loadBefore, acknowledgement, deliveries } = results;
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `Measured on ${date.slice(0, 10)} with \`npm run bench:webhooks\`, ${cpu}, ${named.join(', ')}; the machine's load before the run was`,
    `${loadBefore.toFixed(1)} (0 is a quiet machine).\n`,
    acknowledgementPart(acknowledgement),
    '',
    renderDeliveries(deliveries),
  ].join('\n');
}

function acknowledgementPart(found: Acknowledgement): string {
  const { messages, atOnce, message, again, handshake, messagesPerSecond } = found;
  return [
    `${messages} messages of Slack, ${atOnce} at once, in conversations of 20, while nobody listens where the backend should be and the`,
    `worker tries again and again to reach it:\n`,
    table(
      ['answered, ms', 'p50', 'p99', 'the slowest'],
      [
        ['a new message', ms(message.p50), ms(message.p99), ms(message.max)],
        ['one that is sent again', ms(again.p50), ms(again.p99), ''],
        ['a handshake: only the signature', ms(handshake.p50), ms(handshake.p99), ''],
      ],
    ),
    '',
    `That is ${messagesPerSecond.toFixed(0)} messages a second on this machine, each kept on its disk before it is answered. Slack and Discord`,
    `wait ${CHANNEL_TIMEOUT_MS} ms.`,
  ].join('\n');
}

function ms(value: number): string {
  return value.toFixed(1);
}
