import * as z from 'zod';
import type { Exchange, InboundMessage, Received, ReceivedRequest } from '../channel.ts';
import { expectPayload, jsonOf } from '../payload.ts';
import { splitReply } from '../split.ts';

const id = z.string().min(1).max(300);

/** An activity of the Bot Framework. */
const activitySchema = z.object({
  id,
  timestamp: z.iso.datetime({ offset: true }),
  from: z.object({ id, aadObjectId: z.string().nullish(), role: z.string().nullish() }),
  conversation: z.object({ id }),
  channelData: z.object({ channel: z.object({ id }).nullish() }).nullish(),
  text: z.string().default(''),
});

/** Teams waits for 5 seconds. */
const PATIENCE_MS = 4_000;
/** Teams takes 28 KB, of UTF-16. */
const MAX_LENGTH = 10_000;
const SORRY =
  'Sorry, I could not think of an answer in the five seconds that Teams gives me. Please ask again.';

/** A message in which the webhook is mentioned, as HTML. */
export function parse({ body }: ReceivedRequest): Received {
  const payload = expectPayload(z.looseObject({ type: z.string() }), jsonOf(body));
  if (payload.type !== 'message') return { kind: 'ignored', reason: 'unknown type' };
  const {
    id: activityId,
    timestamp,
    from,
    conversation,
    channelData,
    text,
  } = expectPayload(activitySchema, payload);
  if (from.role === 'bot') return { kind: 'ignored', reason: 'bot' };
  const message: InboundMessage = {
    id: `${conversation.id}:${activityId}`,
    // The thread: "19:…@thread.tacv2;messageid=1700000000000".
    conversation: conversation.id,
    place: channelData?.channel?.id ?? conversation.id.split(';')[0]!,
    person: from.aadObjectId ?? from.id,
    text: spokenText(text),
    sequence: Date.parse(timestamp),
    sentAtMs: Date.parse(timestamp),
    replyTo: null,
  };
  return { kind: 'exchange', message, exchange };
}

const exchange: Exchange = { patienceMs: PATIENCE_MS, respond };

function respond(text: string | null): Response {
  const [first] = splitReply(text ?? SORRY, MAX_LENGTH);
  return Response.json({ type: 'message', textFormat: 'plain', text: first ?? SORRY });
}

const ENTITIES: Record<string, string> = {
  nbsp: ' ',
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
};

/** What was said in Teams' HTML, without the mention. */
function spokenText(html: string): string {
  return html
    .replace(/<at\b[^<>]*>[^<]*<\/at>/gi, ' ')
    .replace(/<br\s*\/?>|<\/(p|div|li)>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(/&(#?\w{1,6});/g, (entity, name: string) => ENTITIES[name] ?? entity)
    .replace(/[^\S\n]+/g, ' ')
    .trim();
}
