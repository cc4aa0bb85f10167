import type { ChannelCall, KeptMessage } from '../channel.ts';
import { graphCall } from '../meta/graph-api.ts';
import { plainText } from '../meta/plain-text.ts';
import { splitReply } from '../split.ts';
import type { WhatsAppSettings } from './channel.ts';
import type { WhatsAppReplyTo } from './parse.ts';

const MAX_LENGTH = 4_096;

export function replies(text: string, { replyTo }: KeptMessage, settings: WhatsAppSettings): ChannelCall[] {
  const { to } = replyTo as WhatsAppReplyTo;
  return splitReply(text, MAX_LENGTH, (part) => plainText(part).length).map((part) =>
    graphCall(`${settings.phoneNumberId}/messages`, settings, {
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to,
      type: 'text',
      text: { preview_url: false, body: plainText(part) },
    }),
  );
}

/** Shows the message as read, too: WhatsApp has one call for both. */
export function typing({ replyTo }: KeptMessage, settings: WhatsAppSettings): ChannelCall {
  return graphCall(`${settings.phoneNumberId}/messages`, settings, {
    messaging_product: 'whatsapp',
    status: 'read',
    message_id: (replyTo as WhatsAppReplyTo).messageId,
    typing_indicator: { type: 'text' },
  });
}

export function check(settings: WhatsAppSettings): ChannelCall {
  return graphCall(`${settings.phoneNumberId}?fields=display_phone_number,verified_name`, settings);
}
