import type { ChannelCall, KeptMessage } from '../channel.ts';
import { splitReply } from '../split.ts';
import type { TwilioSettings } from './channel.ts';
import type { TwilioReplyTo } from './parse.ts';

/** Twilio takes no longer body; it cuts it into segments by itself. */
const MAX_LENGTH = 1_600;

export function replies(text: string, { replyTo }: KeptMessage, settings: TwilioSettings): ChannelCall[] {
  const { from, to } = replyTo as TwilioReplyTo;
  return splitReply(text, MAX_LENGTH).map((part) => ({
    method: 'POST',
    url: `${accountUrl(settings)}/Messages.json`,
    headers: {
      authorization: authorization(settings),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ From: from, To: to, Body: part }).toString(),
  }));
}

export function check(settings: TwilioSettings): ChannelCall {
  const headers = { authorization: authorization(settings) };
  return { method: 'GET', url: `${accountUrl(settings)}.json`, headers, body: null };
}

/** The answer to a webhook: with messages, or, for null, with nothing. */
export function twiml(text: string | null): Response {
  const parts = text === null ? [] : splitReply(text, MAX_LENGTH);
  const messages = parts.map((part) => `<Message>${escapeXml(part)}</Message>`).join('');
  const xml = `<?xml version="1.0" encoding="UTF-8"?><Response>${messages}</Response>`;
  return new Response(xml, { headers: { 'content-type': 'text/xml; charset=utf-8' } });
}

function accountUrl({ apiUrl, accountSid }: TwilioSettings): string {
  return `${apiUrl}/2010-04-01/Accounts/${accountSid}`;
}

function authorization({ accountSid, authToken }: TwilioSettings): string {
  return `Basic ${btoa(`${accountSid}:${authToken[0]}`)}`;
}

/** XML has no place for other control characters, in whatever form. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
