import type { ChatError } from '../client/chat.ts';
import { fill } from '../words/choose-words.ts';
import type { Words } from '../words/words.ts';
import type { TimeFormat } from './times.ts';

export interface Explanation {
  text: string;
  /** The text tells a time that comes nearer. */
  isCountdown: boolean;
}

interface Moment {
  words: Words;
  times: TimeFormat;
  /** Milliseconds since 1970. */
  now: number;
}

/** What is told of a failure. The edge's own sentences are for those who write programs. */
export function explain({ code, retryAt }: ChatError, { words, times, now }: Moment): Explanation {
  if (retryAt !== undefined && code.includes('rate_limit')) {
    const isCountdown = retryAt > now;
    const text = isCountdown ? fill(words.wait, { when: times.until(retryAt, now) }) : words.waitOver;
    return { text, isCountdown };
  }
  return { text: words[wordFor(code)], isCountdown: false };
}

function wordFor(code: string): keyof Words {
  if (code === 'network') return 'offline';
  if (code === 'stopped') return 'stopped';
  if (code === 'message_too_long' || code === 'request_too_large') return 'tooLong';
  if (/key|origin|development|turnstile_failed/.test(code) && !code.startsWith('key_store')) return 'closed';
  if (/unavailable|timeout|overloaded|rate_limit|full/.test(code)) return 'busy';
  return 'problem';
}
