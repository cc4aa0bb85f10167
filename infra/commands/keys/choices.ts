import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Key } from './key.ts';

const UNIT_SECONDS = { second: 1, minute: 60, hour: 3_600, day: 86_400 } as const;

type Unit = keyof typeof UNIT_SECONDS;

/** A quota as the admin API takes it; null is none. */
export type QuotaChoice = { limit: number; window_seconds: number } | null;

export interface QuotaOptions {
  requests?: QuotaChoice;
  tokens?: QuotaChoice;
  sessionRequests?: QuotaChoice;
  sessionTokens?: QuotaChoice;
}

/** "1000/day" → 1000 in 86,400 seconds; "none" → no quota. */
export function parseQuota(text: string): QuotaChoice {
  if (text === 'none') return null;
  const [, limit, unit] = /^([1-9]\d{0,11})\/(second|minute|hour|day)$/.exec(text) ?? [];
  if (limit === undefined) throw new InvalidArgumentError('A quota is like 60/minute, 1000/day, or none.');
  return { limit: Number(limit), window_seconds: UNIT_SECONDS[unit as Unit] };
}

/** The other way round, as briefly as it can be said. */
export function formatQuota({ limit, window_seconds }: NonNullable<QuotaChoice>): string {
  const unit = Object.entries(UNIT_SECONDS).find(([, seconds]) => seconds === window_seconds)?.[0];
  return `${limit}/${unit ?? `${window_seconds} s`}`;
}

/** "1d", "12h", "30m", "90s" → seconds. */
export function parseDuration(text: string): number {
  const [, count, unit] = /^(\d{1,7})([smhd])$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('A time is like 90s, 30m, 12h or 7d.');
  return Number(count) * { s: 1, m: 60, h: 3_600, d: 86_400 }[unit as 's' | 'm' | 'h' | 'd'];
}

/** Adds what can be chosen for a key. */
export function withPolicyOptions(command: Command): Command {
  return withLimitOptions(
    command
      .option('--name <name>', 'what it is for')
      .option('--origin <origin...>', 'web pages that a publishable key is for: https://example.com'),
  );
}

/** Adds quotas and the word filter, which keys and integrations have. */
export function withLimitOptions(command: Command): Command {
  const quota = (flag: string, what: string) => new Option(`${flag} <quota>`, what).argParser(parseQuota);
  return command
    .addOption(quota('--requests', 'requests to the model, like 1000/day; "none" for no limit'))
    .addOption(quota('--tokens', 'tokens of prompts and replies, like 100000/hour'))
    .addOption(quota('--session-requests', 'requests of one session, like 60/hour'))
    .addOption(quota('--session-tokens', 'tokens of one session'))
    .addOption(
      new Option('--safety <state>', 'the word filter on what people and the model say').choices([
        'on',
        'off',
      ]),
    );
}

export interface LimitOptions extends QuotaOptions {
  safety?: 'on' | 'off';
}

export interface PolicyOptions extends LimitOptions {
  name?: string;
  origin?: string[];
}

/** What was chosen, as the admin API takes it. */
export function policyBody(options: PolicyOptions): Record<string, unknown> {
  const { name, origin: origins } = options;
  return defined({ name, origins, ...limitsBody(options) });
}

/** Quotas and the word filter, as the admin API takes them; nothing of what was not chosen. */
export function limitsBody(options: LimitOptions): Record<string, unknown> {
  const { safety, requests, tokens, sessionRequests, sessionTokens } = options;
  const limits = defined({
    requests,
    tokens,
    'session-requests': sessionRequests,
    'session-tokens': sessionTokens,
  });
  return defined({
    safety: safety && safety === 'on',
    limits: Object.keys(limits).length > 0 ? limits : undefined,
  });
}

/** A key's quotas in a few words. */
export function describeLimits({ limits }: Pick<Key, 'limits'>): string {
  const parts = Object.entries(limits).flatMap(([name, quota]) =>
    quota === null ? [] : [`${name} ${formatQuota(quota)}`],
  );
  return parts.join(', ') || 'no limits';
}

/** An object without what is undefined. */
export function defined(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
