import type * as z from 'zod';

/** A request to an integration's address, its body as it came: signatures are of bytes. */
export interface ReceivedRequest {
  method: 'GET' | 'POST';
  /** The public address that the channel called, its query included: some sign it. */
  url: string;
  headers: Headers;
  body: Uint8Array;
}

/** What a request turned out to be. */
export type Received =
  /** A handshake or a challenge. */
  | { kind: 'answer'; response: Response }
  /** Nothing to do, told with 200: a bot's or an own message, an event of an unknown type. */
  | { kind: 'ignored'; reason: string }
  | { kind: 'messages'; messages: InboundMessage[]; response: Response }
  /** One message of a channel that takes the reply in the response and nowhere else. */
  | { kind: 'exchange'; message: InboundMessage; exchange: Exchange };

/** How to answer where the reply is the response. */
export interface Exchange {
  /** How long the channel waits, less a margin for the way. */
  patienceMs: number;
  /** @param text null where there is no reply in time: a sentence that says so, or an empty answer */
  respond(text: string | null): Response;
}

/** What somebody said. It is kept until it is answered, so that all of it is JSON. */
export interface InboundMessage {
  /** The same for each time that the channel sends this message, and for no other message of its integration. */
  id: string;
  /** The thread, channel or chat: what is said there is one conversation. */
  conversation: string;
  /** The channel, group or chat, as an integration's list of allowed ones names it. */
  place: string;
  /** Who said it, by the channel's id. */
  person: string;
  /** Without the mention of the bot; a command begins with "/" (`inbound/command.ts`). */
  text: string;
  /** The channel's own order within a conversation: what waits is answered in it. */
  sequence: number;
  /** When it was said, in milliseconds since 1970, where the channel tells that in what it signs. */
  sentAtMs?: number;
  /** Was not addressed to the bot: answered only where a conversation is under way. */
  overheard?: boolean;
  /** How long after its arrival it can be answered, where that has an end. */
  answerableMs?: number;
  /** What `replies` needs besides, in JSON: addresses, ids, tokens. */
  replyTo: unknown;
}

/** A message as it is kept until it is answered. */
export interface KeptMessage extends InboundMessage {
  /** A random UUID, the same at each attempt, for channels that take a repeated delivery for the same. */
  deliveryId: string;
}

/** A request to make to the channel's API. */
export interface ChannelCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  url: string;
  headers: Record<string, string>;
  body: string | null;
}

/** What the channel's API said. */
export interface ChannelAnswer {
  status: number;
  headers: Headers;
  /** Of `Retry-After`; null where it says nothing. */
  retryAfterSeconds: number | null;
  /** The first few KB. */
  body: string;
}

export type Outcome =
  | { outcome: 'delivered' }
  /** To be tried again, no sooner than the channel says; null where it does not say. */
  | { outcome: 'again'; afterSeconds: number | null; reason: string }
  /** Trying again would change nothing. */
  | { outcome: 'refused'; reason: string };

/** The secrets of one kind that are valid now, the newest first: more than one while they rotate. */
export type Secrets = readonly [string, ...string[]];

/**
 * A place where people talk. All of it is pure: requests, secrets and the clock come in, what is to be sent comes out.
 *
 * Settings are an integration's: ids, addresses of the channel's API (so that tests can have one of their own) and secrets.
 */
export interface Channel<Settings> {
  name: string;
  settings: z.ZodType<Settings>;
  /** Which settings are `Secrets`: sealed where they are kept, shown to nobody, rotated. */
  secrets: readonly (keyof Settings & string)[];
  /** Secrets that are ours to choose: made of 32 random bytes where the owner gives none. */
  generate?: { [Name in keyof Settings & string]?: (random: Uint8Array) => string };
  /** Whether the channel sent the request. In constant time; with any of the secrets that are valid. */
  verify(request: ReceivedRequest, settings: Settings, nowSeconds: number): Promise<boolean>;
  /**
   * What a verified request says.
   * @throws {MalformedPayload}
   */
  parse(request: ReceivedRequest, settings: Settings): Received;
  /** The calls that deliver a reply, in order: split and escaped as the channel has it. */
  replies(text: string, message: KeptMessage, settings: Settings): ChannelCall[];
  /** Signs one of them as it is about to be made, each time anew: the receiver looks at the time. */
  sign?(
    call: ChannelCall,
    message: KeptMessage,
    settings: Settings,
    nowSeconds: number,
  ): Promise<ChannelCall>;
  /** Shows that a reply is being written; null where that cannot be shown. */
  typing?(message: KeptMessage, settings: Settings): ChannelCall | null;
  /** How long one such call is shown: before that it is made anew. Left out where it is shown for longer than a reply takes. */
  typingSeconds?: number;
  /** What an answer to one of `replies` means; `outcomeOf` where it is left out. */
  readAnswer?(answer: ChannelAnswer): Outcome;
  /** The call that shows whether the settings work; null where there is none. */
  check(settings: Settings): ChannelCall | null;
  /** The calls that tell the channel where the integration is and which commands it has; repeating them changes nothing. */
  register?(url: string, settings: Settings): ChannelCall[];
  /** What the owner does at the channel by hand, a sentence each. */
  steps(url: string): string[];
}

/** A verified payload that is none of the channel's. It is refused with 400. */
export class MalformedPayload extends Error {
  override readonly name = 'MalformedPayload';
}
