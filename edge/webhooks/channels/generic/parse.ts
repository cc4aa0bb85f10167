import type { Exchange, InboundMessage, Received, ReceivedRequest } from '../channel.ts';
import { MalformedPayload } from '../channel.ts';
import { jsonOf } from '../payload.ts';
import type { GenericSettings } from './channel.ts';
import { atPointer } from './json-pointer.ts';
import { replyBody } from './reply.ts';
import { isReply } from './signatures.ts';

/** What the reply tells it belongs to. */
export interface GenericReplyTo {
  messageId: string;
}

const MAX_ID_LENGTH = 300;
/** The standard advises senders to wait for 15 seconds at least. */
const PATIENCE_MS = 14_000;
const RETRY_SECONDS = 5;

/** A message where the settings say that its parts stand. */
export function parse(request: ReceivedRequest, settings: GenericSettings): Received {
  if (isReply(request)) return { kind: 'ignored', reason: 'own message' };
  const { headers, body } = request;
  const payload = jsonOf(body);
  const { eventPointer, events, botPointer, idPointer, replyUrl } = settings;
  if (events !== undefined) {
    const event = eventPointer === undefined ? undefined : atPointer(payload, eventPointer);
    const name = typeof event === 'number' ? String(event) : event;
    if (!events.some((known) => known === name)) return { kind: 'ignored', reason: 'unknown event' };
  }
  if (botPointer !== undefined && isTrue(atPointer(payload, botPointer)))
    return { kind: 'ignored', reason: 'bot' };
  const text = atPointer(payload, settings.textPointer);
  if (typeof text !== 'string')
    throw new MalformedPayload(`There is no text at "${settings.textPointer}" (text_pointer).`);
  const conversation = idAt(payload, settings.conversationPointer, 'conversation_pointer');
  const messageId =
    idPointer === undefined ? headers.get('webhook-id')! : idAt(payload, idPointer, 'id_pointer');
  const message: InboundMessage = {
    id: messageId,
    conversation,
    place: conversation,
    person: idAt(payload, settings.personPointer, 'person_pointer'),
    text,
    sequence: Number(headers.get('webhook-timestamp')),
    replyTo: { messageId } satisfies GenericReplyTo,
  };
  if (replyUrl === undefined) return { kind: 'exchange', message, exchange: exchangeOf(message, settings) };
  return { kind: 'messages', messages: [message], response: new Response(null, { status: 202 }) };
}

function exchangeOf(message: InboundMessage, settings: GenericSettings): Exchange {
  return {
    patienceMs: PATIENCE_MS,
    respond(text) {
      if (text !== null) return Response.json(replyBody(text, message, settings));
      // Sent again, with the same id, it finds the reply.
      return Response.json(
        { error: 'There is no reply yet. Send the message again, with the same webhook-id.' },
        { status: 503, headers: { 'retry-after': String(RETRY_SECONDS) } },
      );
    },
  };
}

/** An id, which may be a number too. @throws {MalformedPayload} */
function idAt(payload: unknown, pointer: string, setting: string): string {
  const value = atPointer(payload, pointer);
  const id = typeof value === 'number' ? String(value) : value;
  if (typeof id === 'string' && id !== '' && id.length <= MAX_ID_LENGTH) return id;
  throw new MalformedPayload(`There is no id at "${pointer}" (${setting}).`);
}

/** As other systems write it: true, 1, "bot", an object that tells of the bot. */
function isTrue(value: unknown): boolean {
  return Boolean(value) && value !== 'false' && value !== '0';
}
