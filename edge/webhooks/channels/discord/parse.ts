import * as z from 'zod';
import { spokenCommand } from '../../inbound/command.ts';
import type { Received, ReceivedRequest } from '../channel.ts';
import { expectPayload, jsonOf } from '../payload.ts';

/** Where the answer to an interaction goes, and what was asked: Discord does not show it. */
export interface DiscordReplyTo {
  applicationId: string;
  token: string;
  asked: string;
}

/** Discord's own names for numbers. */
const INTERACTION = { ping: 1, command: 2, autocomplete: 4 };
const RESPONSE = { pong: 1, deferredMessage: 5, choices: 8 };

/** An interaction's token is good for 15 minutes. */
const TOKEN_MS = 14 * 60_000;
const MAX_ASKED_CHARS = 300;

const snowflake = z.string().regex(/^\d{1,20}$/);
const user = z.object({ id: snowflake, bot: z.boolean().optional() });
const commandSchema = z.object({
  id: snowflake,
  application_id: snowflake,
  token: z.string().regex(/^[\w=-][\w.=-]{0,1023}$/),
  channel_id: snowflake,
  member: z.object({ user }).optional(),
  user: user.optional(),
  data: z.object({
    options: z.array(z.looseObject({ name: z.string(), value: z.unknown().optional() })).optional(),
  }),
});

export function parse({ body }: ReceivedRequest): Received {
  const payload = expectPayload(z.looseObject({ type: z.int() }), jsonOf(body));
  switch (payload.type) {
    case INTERACTION.ping:
      return { kind: 'answer', response: Response.json({ type: RESPONSE.pong }) };
    case INTERACTION.autocomplete: {
      const nothing = { type: RESPONSE.choices, data: { choices: [] } };
      return { kind: 'answer', response: Response.json(nothing) };
    }
    case INTERACTION.command:
      return parseCommand(expectPayload(commandSchema, payload));
    default:
      return { kind: 'ignored', reason: 'unknown type' };
  }
}

function parseCommand(command: z.infer<typeof commandSchema>): Received {
  const { id, application_id: applicationId, token, channel_id: channel, member, data } = command;
  const person = member?.user ?? command.user;
  if (person === undefined || person.bot) return { kind: 'ignored', reason: 'bot' };
  const value = data.options?.find(({ name }) => name === 'message')?.value;
  const text = typeof value === 'string' ? value.trim() : '';
  const asked = text.length > MAX_ASKED_CHARS ? `${text.slice(0, MAX_ASKED_CHARS).toWellFormed()}…` : text;
  return {
    kind: 'messages',
    response: Response.json({ type: RESPONSE.deferredMessage }),
    messages: [
      {
        id,
        conversation: channel,
        place: channel,
        person: person.id,
        text: spokenCommand(text),
        sequence: sequenceOf(id),
        answerableMs: TOKEN_MS,
        replyTo: { applicationId, token, asked } satisfies DiscordReplyTo,
      },
    ],
  };
}

/** A snowflake's milliseconds and, behind the point, its place among those of one: together fewer bits than a number has. */
function sequenceOf(id: string): number {
  const bits = BigInt(id);
  return Number(bits >> 22n) + Number(bits & 0xfffn) / 4_096;
}
