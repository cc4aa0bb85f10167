import type { ChannelServer, Fault } from './channel-server.ts';

/** A message as a channel tells of it: the nth of a conversation. */
export interface Said {
  conversation: string;
  nth: number;
  text: string;
}

export interface ToldRequest {
  headers: Record<string, string>;
  body: string;
}

/** How a channel tells of messages. */
export interface Teller {
  name: string;
  /** For the admin API, once the channel's server has started. */
  integration(): { channel: string; settings: object; secrets: Record<string, string> };
  /** The request that tells of a message, or one whose signature is wrong. */
  tell(said: Said, to: { url: string; forged?: boolean }): ToldRequest;
  /** How long it waits for an answer, and how often it tells of a message that it has none for. */
  patienceMs: number;
  times: number;
}

/** A channel that is answered by its API, whenever there is a reply. */
export interface SimulatedChannel extends Teller {
  server: ChannelServer;
  /** Whether its messages say which comes first. Those of the others are told of one after the other. */
  ordered: boolean;
  /** Asks whether somebody is there; null where it asks nobody. */
  handshake(): ({ answer: string } & (ToldRequest | { query: string })) | null;
  /** Faults after which a reply is shown once all the same. */
  faults: Fault[];
}

/** A channel that takes the reply in the answer to its request, and nowhere else. */
export interface AskingChannel extends Teller {
  /** What people see; null where it is to ask again. */
  read(answer: Response): Promise<string | null>;
}

/** For what is to be answered the first time: how soon that is the bench measures, and no test. */
export const PATIENCE_MS = 60_000;

/** A channel that tells again what it has no answer to in time, until there is one. */
export const TELLS_AGAIN = { patienceMs: 3_000, times: 20 };
export const TELLS_ONCE = { patienceMs: PATIENCE_MS, times: 1 };

/** Seconds since 1970. */
export const now = () => Math.floor(Date.now() / 1_000);

/** Where conversations begin: none has the messages of a run before. */
export const START = now();
