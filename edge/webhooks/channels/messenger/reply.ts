import type { ChannelCall, KeptMessage } from '../channel.ts';
import { graphCall } from '../meta/graph-api.ts';
import { plainText } from '../meta/plain-text.ts';
import { splitReply } from '../split.ts';
import type { MessengerSettings } from './channel.ts';
import type { MessengerReplyTo } from './parse.ts';

const MAX_LENGTH = 2_000;
const MAX_BYTES_ON_INSTAGRAM = 1_000;
/** Of the app to the page's events: without it nothing comes. */
const SUBSCRIPTION = 'me/subscribed_apps?subscribed_fields=messages,messaging_postbacks';

export function replies(text: string, message: KeptMessage, settings: MessengerSettings): ChannelCall[] {
  return partsFor(message, text).map((part) =>
    graphCall('me/messages', settings, {
      recipient: recipientOf(message),
      messaging_type: 'RESPONSE',
      message: { text: plainText(part) },
    }),
  );
}

function partsFor({ replyTo }: KeptMessage, text: string): string[] {
  if ((replyTo as MessengerReplyTo).app === 'page')
    return splitReply(text, MAX_LENGTH, (part) => plainText(part).length);
  const bytes = (part: string) => new TextEncoder().encode(plainText(part)).length;
  return splitReply(text, MAX_BYTES_ON_INSTAGRAM, bytes);
}

export function typing(message: KeptMessage, settings: MessengerSettings): ChannelCall {
  return graphCall('me/messages', settings, { recipient: recipientOf(message), sender_action: 'typing_on' });
}

export function check(settings: MessengerSettings): ChannelCall {
  return graphCall('me?fields=id,name', settings);
}

export function register(_url: string, settings: MessengerSettings): ChannelCall[] {
  return [graphCall(SUBSCRIPTION, settings, {})];
}

function recipientOf({ replyTo }: KeptMessage) {
  return { id: (replyTo as MessengerReplyTo).recipient };
}
