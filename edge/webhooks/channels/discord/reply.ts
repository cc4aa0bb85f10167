import type { ChannelAnswer, ChannelCall, KeptMessage, Outcome } from '../channel.ts';
import { outcomeOf } from '../outcome.ts';
import { splitReply } from '../split.ts';
import type { DiscordSettings } from './channel.ts';
import type { DiscordReplyTo } from './parse.ts';

const MAX_LENGTH = 2_000;
const SUPPRESS_EMBEDS = 4;
const STRING_OPTION = 3;
const MAX_OPTION_LENGTH = 4_000;

/** The first part replaces what says that the bot is thinking; the others follow it. */
export function replies(text: string, { replyTo }: KeptMessage, settings: DiscordSettings): ChannelCall[] {
  const { applicationId, token, asked } = replyTo as DiscordReplyTo;
  const base = `${settings.apiUrl}/webhooks/${applicationId}/${token}`;
  const quote = asked === '' ? '' : `${quoted(asked)}\n`;
  const parts = splitReply(text, MAX_LENGTH - quote.length, (part) => escapeMarkdown(part).length);
  return parts.map((part, index) => ({
    ...(index === 0
      ? { method: 'PATCH' as const, url: `${base}/messages/@original` }
      : { method: 'POST' as const, url: base }),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      content: (index === 0 ? quote : '') + escapeMarkdown(part),
      flags: SUPPRESS_EMBEDS,
      // Nobody is called, whatever names are in it.
      allowed_mentions: { parse: [] },
    }),
  }));
}

export function check({ apiUrl, botToken }: DiscordSettings): ChannelCall {
  return { method: 'GET', url: `${apiUrl}/applications/@me`, headers: authorization(botToken), body: null };
}

/** Makes the command, or makes it anew; the application's other commands stay. */
export function register(_url: string, settings: DiscordSettings): ChannelCall[] {
  const { apiUrl, applicationId, botToken, command } = settings;
  const message = {
    type: STRING_OPTION,
    name: 'message',
    description: 'What you want to say; or reset, persona, help',
    required: true,
    max_length: MAX_OPTION_LENGTH,
  };
  return [
    {
      method: 'POST',
      url: `${apiUrl}/applications/${applicationId}/commands`,
      headers: { ...authorization(botToken), 'content-type': 'application/json' },
      body: JSON.stringify({ name: command, type: 1, description: 'Talk to me', options: [message] }),
    },
  ];
}

/** An unknown webhook is one whose first answer Discord has not seen yet: the reply may overtake it. */
const UNKNOWN_WEBHOOK = /"code"\s*:\s*10015\b/;

/** How long to wait is in the body, exact. */
export function readAnswer(answer: ChannelAnswer): Outcome {
  if (answer.status === 404 && UNKNOWN_WEBHOOK.test(answer.body))
    return { outcome: 'again', afterSeconds: null, reason: 'unknown webhook' };
  const outcome = outcomeOf(answer);
  if (answer.status !== 429 || outcome.outcome !== 'again') return outcome;
  const told = /"retry_after"\s*:\s*(\d{1,6}(?:\.\d{1,9})?)/.exec(answer.body)?.[1];
  return told === undefined ? outcome : { ...outcome, afterSeconds: Number(told) };
}

function authorization([botToken]: DiscordSettings['botToken']) {
  return { authorization: `Bot ${botToken}` };
}

function quoted(text: string): string {
  return escapeMarkdown(text).replace(/^/gm, '> ');
}

/** A backslash before all that Discord's markdown knows, but within addresses, which would not be links any more. */
function escapeMarkdown(text: string): string {
  return text.replace(
    /https?:\/\/\S+|[\\*_~`|<[\]]|^(\s*)(#|>|-|\d+\.)/gm,
    (found, space: string | undefined, mark: string | undefined) => {
      if (mark !== undefined) return `${space}${mark.replace(/[#>.-]$/, '\\$&')}`;
      return found.startsWith('http') ? found : `\\${found}`;
    },
  );
}
