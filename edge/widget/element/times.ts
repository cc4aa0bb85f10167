import type { ChatMessage } from '../client/chat.ts';

/** Messages that are closer than this share one time, beneath the last of them. */
const PAUSE_MS = 5 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** Whether a message follows the one before it without a pause. */
export function isSoonAfter(before: ChatMessage | undefined, message: ChatMessage): boolean {
  return (
    before !== undefined &&
    message.createdAt - before.createdAt < PAUSE_MS &&
    isSameDay(before.createdAt, message.createdAt)
  );
}

export function isSameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

/** How times are said in a language. All times are milliseconds since 1970, in the reader's time zone. */
export class TimeFormat {
  readonly #clock: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  readonly #relative: Intl.RelativeTimeFormat;

  constructor(locale: string) {
    this.#clock = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
    this.#day = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
    this.#date = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' });
    this.#relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  }

  /** "10:42 AM" */
  clock(time: number): string {
    return this.#clock.format(time);
  }

  /** "Today", "Yesterday", "Monday, November 2", "November 2, 2025" */
  day(time: number, now: number): string {
    const days = Math.round((startOfDay(time) - startOfDay(now)) / DAY_MS);
    if (days === 0 || days === -1) return capitalised(this.#relative.format(days, 'day'));
    const isThisYear = new Date(time).getFullYear() === new Date(now).getFullYear();
    return (isThisYear ? this.#day : this.#date).format(time);
  }

  /** "in 12 seconds", "in 3 minutes" */
  until(time: number, now: number): string {
    const seconds = Math.max(1, Math.ceil((time - now) / 1_000));
    if (seconds < 90) return this.#relative.format(seconds, 'second');
    return this.#relative.format(Math.ceil(seconds / 60), 'minute');
  }
}

function startOfDay(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
