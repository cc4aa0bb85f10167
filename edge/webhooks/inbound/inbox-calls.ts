import { base64Url } from '../../base64url.ts';
import type { InboundMessage, KeptMessage } from '../channels/channel.ts';
import type { Failure } from './inbox.ts';

export interface Arrival {
  integrationId: string;
  message: InboundMessage;
  /** Whether the reply is the response to the message's own request. */
  exchange: boolean;
}

/**
 * Unaddressed: overheard, where no conversation is under way. Full: too much waits already, and the channel may send it
 * again later.
 */
export type Acceptance = 'accepted' | 'known' | 'unaddressed' | 'full';

/** A message to answer, by whoever took it: what it says of it is taken only with its token. */
export interface Work {
  token: string;
  integrationId: string;
  message: KeptMessage;
  exchange: boolean;
  reply: string | null;
  sentParts: number;
  /** Whether it was tried as often as it may be, by some who never said how it went. */
  exhausted: boolean;
  /** When the channel takes no reply any more, and when the message came, in milliseconds since 1970. */
  deadline: number;
  receivedAt: number;
  /** Null before the first message, and after a reset. */
  sessionId: string | null;
  /** The conversation's own; null where it has the integration's. */
  persona: string[] | null;
}

/** A conversation's inbox. What is said with a token that is no longer good changes nothing, and is answered by false. */
export interface Inbox {
  /** Keeps a message, unless it was kept before, and tells the queue. */
  accept(arrival: Arrival): Promise<Acceptance>;
  /** The reply to a message of an exchange; null where there is none in time. */
  awaitReply(messageId: string, patienceMs: number): Promise<string | null>;
  /** The message whose turn it is; null where there is none, or somebody else is at it. */
  take(leaseMs: number): Promise<Work | null>;
  /** From now on the conversation has this session. */
  keepSession(token: string, sessionId: string | null): Promise<boolean>;
  keepPersona(token: string, persona: string[] | null): Promise<boolean>;
  /** Keeps the reply, before any of it is delivered. */
  keepReply(token: string, reply: string, leaseMs: number): Promise<boolean>;
  /** The channel has taken so many parts of the reply. */
  keepSent(token: string, sentParts: number, leaseMs: number): Promise<boolean>;
  /** False also where the message has been tried often enough. */
  tryAgain(token: string, failure: Failure): Promise<boolean>;
  /** The message is dealt with. The next one is taken, if a lease is given. */
  finish(token: string, leaseMs: number | null): Promise<Work | null>;
}

/** The name of a conversation's inbox: a hash, for the conversation may be somebody's telephone number. */
export async function inboxName(integrationId: string, conversation: string): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify([integrationId, conversation]));
  return base64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}
