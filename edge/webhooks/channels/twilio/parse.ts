import * as z from 'zod';
import type { Exchange, InboundMessage, Received, ReceivedRequest } from '../channel.ts';
import { expectPayload, formOf } from '../payload.ts';
import type { TwilioSettings } from './channel.ts';
import { twiml } from './reply.ts';

/** Where the answer to a message goes. */
export interface TwilioReplyTo {
  from: string;
  to: string;
}

const address = z.string().min(1).max(100);

const formSchema = z.object({
  MessageSid: z.string().min(1).max(64),
  From: address,
  To: address,
  /** Empty where there is a picture alone. */
  Body: z.string().default(''),
  /** There where Twilio has answered by itself: STOP, START, HELP. */
  OptOutType: z.string().optional(),
});

/** Twilio waits for 15 seconds. */
const PATIENCE_MS = 12_000;

const SORRY = 'Sorry, I could not think of an answer in time. Please write again.';

/** The form of a message. Statuses of own messages have another address at Twilio, and no `Body`. */
export function parse({ body }: ReceivedRequest, { reply }: TwilioSettings): Received {
  const form = formOf(body);
  if (form['MessageStatus'] !== undefined) return { kind: 'ignored', reason: 'status' };
  const { MessageSid, From, To, Body, OptOutType } = expectPayload(formSchema, form);
  if (OptOutType !== undefined) return { kind: 'ignored', reason: 'opt-out' };
  if (From === To) return { kind: 'ignored', reason: 'own message' };
  const message: InboundMessage = {
    id: MessageSid,
    conversation: `${To}:${From}`,
    place: From,
    person: From,
    text: Body,
    // Twilio tells no time: messages are answered as they come.
    sequence: 0,
    replyTo: { from: To, to: From } satisfies TwilioReplyTo,
  };
  if (reply === 'twiml') return { kind: 'exchange', message, exchange };
  return { kind: 'messages', messages: [message], response: twiml(null) };
}

const exchange: Exchange = { patienceMs: PATIENCE_MS, respond: (text) => twiml(text ?? SORRY) };
