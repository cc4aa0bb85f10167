import * as z from 'zod';
import type { Channel } from '../channel.ts';
import { BASE64, secretsLike } from '../secrets.ts';
import { parse } from './parse.ts';
import { verify } from './verify.ts';

const settings = z.strictObject({
  securityToken: secretsLike(
    new RegExp(`^(?=.{16})${BASE64}$`),
    'must be the token as Teams shows it: base64',
  ).describe('what Teams shows once, when the outgoing webhook is made; until then it is left out'),
});

export type TeamsSettings = z.infer<typeof settings>;

/** Microsoft Teams: an outgoing webhook, which is told of mentions in one team and takes the answer at once or not at all. */
export const teams: Channel<TeamsSettings> = {
  name: 'teams',
  settings,
  secrets: ['securityToken'],
  // Teams wants the address before it tells the token: until it is rotated in, this one stands for it.
  generate: { securityToken: (random) => btoa(String.fromCharCode(...random)) },
  verify,
  parse,
  // The reply is the response to the message.
  replies: () => [],
  check: () => null,
  steps: (url) => [
    `In Teams, at the team’s "Manage team", "Apps", "Create an outgoing webhook", enter a name, ${url} and a description.`,
    'Teams shows the security token then, once: "tandem integrations rotate ID --secret security_token --keep-old 0s" takes it in the place of the one that was made here.',
    'People write to it in the team’s channels by its name: @name hello. Teams waits 5 seconds for the answer and takes none later.',
  ],
};
