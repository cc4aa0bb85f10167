import { COMMAND_DESCRIPTIONS } from '../../inbound/command.ts';
import type { ChannelAnswer, ChannelCall, KeptMessage, Outcome } from '../channel.ts';
import { outcomeOf } from '../outcome.ts';
import { splitReply } from '../split.ts';
import type { TelegramSettings } from './channel.ts';
import type { TelegramReplyTo } from './parse.ts';

const MAX_LENGTH = 4_096;

/** Sent without a parse mode: nothing in it means anything to Telegram. */
export function replies(text: string, { replyTo }: KeptMessage, settings: TelegramSettings): ChannelCall[] {
  const { message } = replyTo as TelegramReplyTo;
  const answered = { message_id: message, allow_sending_without_reply: true };
  return splitReply(text, MAX_LENGTH).map((part, index) =>
    apiCall('sendMessage', settings, {
      ...placeOf(replyTo as TelegramReplyTo),
      text: part,
      link_preview_options: { is_disabled: true },
      ...(message !== null && index === 0 && { reply_parameters: answered }),
    }),
  );
}

export function typing({ replyTo }: KeptMessage, settings: TelegramSettings): ChannelCall {
  return apiCall('sendChatAction', settings, { ...placeOf(replyTo as TelegramReplyTo), action: 'typing' });
}

export function check(settings: TelegramSettings): ChannelCall {
  return apiCall('getMe', settings, {});
}

export function register(url: string, settings: TelegramSettings): ChannelCall[] {
  return [
    apiCall('setWebhook', settings, {
      url,
      secret_token: settings.secretToken[0],
      allowed_updates: ['message'],
    }),
    apiCall('setMyCommands', settings, { commands: COMMAND_DESCRIPTIONS }),
  ];
}

/** How long to wait is in the body: `{"parameters": {"retry_after": 5}}`. */
export function readAnswer(answer: ChannelAnswer): Outcome {
  const outcome = outcomeOf(answer);
  const told = /"retry_after"\s*:\s*(\d{1,6})/.exec(answer.body)?.[1];
  if (outcome.outcome !== 'again' || told === undefined) return outcome;
  return { ...outcome, afterSeconds: Number(told) };
}

function placeOf({ chat, topic }: TelegramReplyTo) {
  return { chat_id: chat, ...(topic !== null && { message_thread_id: topic }) };
}

function apiCall(method: string, { apiUrl, botToken }: TelegramSettings, body: object): ChannelCall {
  return {
    method: 'POST',
    url: `${apiUrl}/bot${botToken[0]}/${method}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}
