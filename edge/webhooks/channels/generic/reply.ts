import type { ChannelCall, InboundMessage, KeptMessage } from '../channel.ts';
import type { GenericSettings } from './channel.ts';
import { documentWith } from './json-pointer.ts';
import type { GenericReplyTo } from './parse.ts';

export function replies(text: string, message: KeptMessage, settings: GenericSettings): ChannelCall[] {
  const { replyUrl } = settings;
  if (replyUrl === undefined) return [];
  const headers = { 'content-type': 'application/json' };
  return [
    { method: 'POST', url: replyUrl, headers, body: JSON.stringify(replyBody(text, message, settings)) },
  ];
}

/**
 * The text where `replyPointer` says, and what it belongs to: `conversation`, `person` and `in_reply_to`, as far as their names are
 * free there.
 */
export function replyBody(
  text: string,
  { conversation, person, replyTo }: InboundMessage,
  { replyPointer }: Pick<GenericSettings, 'replyPointer'>,
): unknown {
  const document = documentWith(replyPointer, text);
  if (typeof document !== 'object') return document;
  const { messageId } = replyTo as GenericReplyTo;
  return { conversation, person, in_reply_to: messageId, ...document };
}
