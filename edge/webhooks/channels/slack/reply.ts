import type { ChannelAnswer, ChannelCall, KeptMessage, Outcome } from '../channel.ts';
import { outcomeOf } from '../outcome.ts';
import { splitReply } from '../split.ts';
import type { SlackSettings } from './channel.ts';
import type { SlackReplyTo } from './parse.ts';

/** Slack cuts at 40,000 characters, and advises 4,000. */
const MAX_LENGTH = 4_000;
/** Errors that pass; chat.postMessage's others do not. */
const PASSING_ERRORS = [
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
];

export function replies(text: string, message: KeptMessage, settings: SlackSettings): ChannelCall[] {
  const replyTo = message.replyTo as SlackReplyTo;
  const parts = splitReply(text, MAX_LENGTH, (part) => escapeText(part).length).map(escapeText);
  if ('responseUrl' in replyTo) {
    return parts.map((part) => ({
      method: 'POST',
      url: replyTo.responseUrl,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ response_type: 'in_channel', text: part, mrkdwn: false }),
    }));
  }
  const { channel, thread } = replyTo;
  return parts.map((part, index) =>
    apiCall('chat.postMessage', settings, {
      channel,
      ...(thread !== null && { thread_ts: thread }),
      text: part,
      mrkdwn: false,
      // A second delivery of the same part is not posted again.
      client_msg_id: message.deliveryId.slice(0, -2) + index.toString(16).padStart(2, '0'),
      unfurl_links: false,
      unfurl_media: false,
    }),
  );
}

/** Slack shows it in the threads of its own view of assistants, and nowhere else. */
export function typing({ replyTo }: KeptMessage, settings: SlackSettings): ChannelCall | null {
  const to = replyTo as SlackReplyTo;
  if ('responseUrl' in to || to.thread === null || !to.channel.startsWith('D')) return null;
  const { channel: channel_id, thread: thread_ts } = to;
  return apiCall('assistant.threads.setStatus', settings, { channel_id, thread_ts, status: 'is typing…' });
}

export function check(settings: SlackSettings): ChannelCall {
  return apiCall('auth.test', settings, {});
}

/** Errors come with 200: `{"ok": false, "error": "channel_not_found"}`. A response_url answers "ok". */
export function readAnswer(answer: ChannelAnswer): Outcome {
  const byStatus = outcomeOf(answer);
  if (byStatus.outcome !== 'delivered') return byStatus;
  const error = /^\s*\{/.test(answer.body) ? errorOf(answer.body) : null;
  if (error === null) return byStatus;
  if (PASSING_ERRORS.includes(error))
    return { outcome: 'again', afterSeconds: answer.retryAfterSeconds, reason: error };
  return { outcome: 'refused', reason: error };
}

function errorOf(body: string): string | null {
  try {
    const { ok, error } = JSON.parse(body) as { ok?: unknown; error?: unknown };
    return ok === false ? String(error).slice(0, 100) : null;
  } catch {
    // Cut off: an error is short.
    return null;
  }
}

function apiCall(method: string, { apiUrl, botToken }: SlackSettings, body: object): ChannelCall {
  return {
    method: 'POST',
    url: `${apiUrl}/${method}`,
    headers: { authorization: `Bearer ${botToken[0]}`, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  };
}

/** What begins a link, a mention or an entity in any of Slack's texts; what formats is switched off with `mrkdwn`. */
function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
