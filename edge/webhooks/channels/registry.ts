import type { Channel } from './channel.ts';
import { discord } from './discord/channel.ts';
import { generic } from './generic/channel.ts';
import { messenger } from './messenger/channel.ts';
import { slack } from './slack/channel.ts';
import { teams } from './teams/channel.ts';
import { telegram } from './telegram/channel.ts';
import { twilio } from './twilio/channel.ts';
import { whatsapp } from './whatsapp/channel.ts';

// Each has settings of its own: whoever takes one from here parses them with its schema first.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyChannel = Channel<any>;

/** Every channel, by the name that an integration has. To add one: ARCHITECTURE.md. */
export const CHANNELS: ReadonlyMap<string, AnyChannel> = new Map(
  [slack, discord, telegram, whatsapp, messenger, twilio, teams, generic].map((channel: AnyChannel) => [
    channel.name,
    channel,
  ]),
);
