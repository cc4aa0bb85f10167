import * as z from 'zod';
import { MalformedPayload, type Received, type ReceivedRequest } from '../channel.ts';
import { spokenCommand } from '../../inbound/command.ts';
import { expectPayload, formOf, jsonOf } from '../payload.ts';
import type { SlackSettings } from './channel.ts';

/** Where the answer to a message goes. */
export type SlackReplyTo = { channel: string; thread: string | null } | { responseUrl: string };

const id = z.string().min(1).max(64);
const timestamp = z.string().regex(/^\d{1,10}\.\d{6}$/);

const callbackSchema = z.object({
  type: z.literal('event_callback'),
  team_id: id,
  event: z.looseObject({ type: z.string() }),
  authorizations: z.array(z.object({ user_id: z.string().nullish() })).nullish(),
});
const messageSchema = z.object({
  channel: id,
  user: id.optional(),
  text: z.string().nullish(),
  ts: timestamp,
  thread_ts: timestamp.optional(),
  channel_type: z.string().optional(),
  subtype: z.string().optional(),
  bot_id: z.string().nullish(),
});
const commandSchema = z.object({
  team_id: id,
  channel_id: id,
  user_id: id,
  text: z.string().default(''),
  trigger_id: z.string().min(1).max(200),
  response_url: z.url(),
});

/** Slack takes answers at a response_url for half an hour. */
const RESPONSE_URL_MS = 29 * 60_000;

/** Those of what a person says; the others tell of edits, of who has joined, and so on. */
const SPOKEN_SUBTYPES = [undefined, 'file_share', 'thread_broadcast'];

/** A payload of the Events API, or the form of a slash command. */
export function parse(request: ReceivedRequest, settings: SlackSettings): Received {
  const { headers, body } = request;
  if (headers.get('content-type')?.startsWith('application/x-www-form-urlencoded')) {
    const form = formOf(body);
    // Slack looks now and then whether the address has a certificate.
    if (form['ssl_check'] === '1') return { kind: 'ignored', reason: 'ssl_check' };
    return parseCommand(form, request, settings);
  }
  const payload = expectPayload(z.looseObject({ type: z.string() }), jsonOf(body));
  if (payload.type === 'url_verification') {
    const { challenge } = expectPayload(z.object({ challenge: z.string().max(1_000) }), payload);
    return { kind: 'answer', response: Response.json({ challenge }) };
  }
  if (payload.type !== 'event_callback') return { kind: 'ignored', reason: 'unknown type' };
  return parseEvent(expectPayload(callbackSchema, payload));
}

function parseEvent({ team_id: team, event, authorizations }: z.infer<typeof callbackSchema>): Received {
  if (event.type !== 'app_mention' && event.type !== 'message')
    return { kind: 'ignored', reason: 'unknown event' };
  if (!SPOKEN_SUBTYPES.includes(event['subtype'] as string | undefined))
    return { kind: 'ignored', reason: 'not spoken' };
  const message = expectPayload(messageSchema, event);
  const { channel, user, ts, thread_ts: thread, channel_type: type } = message;
  const ownIds = (authorizations ?? []).flatMap(({ user_id }) => user_id ?? []);
  if (message.bot_id || user === undefined || user === 'USLACKBOT' || ownIds.includes(user))
    return { kind: 'ignored', reason: 'bot' };
  const isDirect = type === 'im' || channel.startsWith('D');
  const text = plainText(message.text ?? '', ownIds);
  const overheard = event.type === 'message' && !isDirect;
  if (overheard && text === '') return { kind: 'ignored', reason: 'no text' };
  // In a channel, what was said in no thread begins one.
  const root = thread ?? (isDirect ? null : ts);
  return {
    kind: 'messages',
    response: new Response(null),
    messages: [
      {
        // A mention is told twice where the bot hears the channel too: its time is what both have in common.
        id: `${team}:${channel}:${ts}`,
        conversation: [team, channel, ...(root === null ? [] : [root])].join(':'),
        place: channel,
        person: user,
        text,
        sequence: microseconds(ts),
        overheard,
        replyTo: { channel, thread: root } satisfies SlackReplyTo,
      },
    ],
  };
}

function parseCommand(form: unknown, { headers }: ReceivedRequest, { apiUrl }: SlackSettings): Received {
  const command = expectPayload(commandSchema, form);
  const { team_id: team, channel_id: channel, trigger_id: trigger, response_url: responseUrl } = command;
  // In the one form that each spelling of an address has.
  const address = new URL(responseUrl);
  if (!isSlacks(address, apiUrl)) throw new MalformedPayload('The response_url is not one of Slack.');
  return {
    kind: 'messages',
    // Shows the channel what was asked.
    response: Response.json({ response_type: 'in_channel' }),
    messages: [
      {
        id: `${team}:${channel}:${trigger}`,
        conversation: `${team}:${channel}`,
        place: channel,
        person: command.user_id,
        text: spokenCommand(plainText(command.text, [])),
        sequence: Number(headers.get('x-slack-request-timestamp')) * 1_000_000,
        answerableMs: RESPONSE_URL_MS,
        replyTo: { responseUrl: address.href } satisfies SlackReplyTo,
      },
    ],
  };
}

/** Slack's text as people read it: without the bot's name, links and names by what they show, entities as characters. */
function plainText(text: string, ownIds: string[]): string {
  return text
    .replace(/<([^<>|]*)(?:\|([^<>]*))?>/g, (_, target: string, label?: string) => {
      if (target.startsWith('@')) return ownIds.includes(target.slice(1)) ? '' : (label ?? '');
      if (target.startsWith('#') || target.startsWith('!')) return label ?? '';
      return label ?? target.replace(/^mailto:/, '');
    })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}

/** Of a message's `ts`, which is seconds and its place among the messages of one second: below 2^53. */
function microseconds(ts: string): number {
  return Number(ts.replace('.', ''));
}

function isSlacks({ protocol, hostname, origin }: URL, apiUrl: string): boolean {
  if (origin === new URL(apiUrl).origin) return true;
  return protocol === 'https:' && /\.slack(-gov)?\.com$/.test(hostname);
}
