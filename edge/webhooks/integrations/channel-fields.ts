import * as z from 'zod';
import { ApiError } from '../../errors.ts';
import type { AnyChannel } from '../channels/registry.ts';

/** A setting of a channel, as the admin API tells of it. */
export interface ChannelField {
  name: string;
  /** Sealed where it is kept, and never shown again. */
  secret: boolean;
  required: boolean;
  /** Where it is left out, one is made. */
  generated: boolean;
  description: string;
}

/** What an integration of a channel is set up with; names as the admin API has them, `bot_token`. */
export function channelFields({ settings, secrets, generate = {} }: AnyChannel): ChannelField[] {
  const { properties = {}, required = [] } = z.toJSONSchema(settings, {
    io: 'input',
    unrepresentable: 'any',
  });
  return Object.entries(properties).map(([name, schema]) => ({
    name: snakeCase(name),
    secret: secrets.includes(name),
    required: required.includes(name) && !Object.hasOwn(generate, name),
    generated: Object.hasOwn(generate, name),
    description: (typeof schema === 'object' && schema.description) || '',
  }));
}

/**
 * Settings as the channel's schema has them, of what the admin API was sent.
 * @param given.secrets each by itself; where there are several of a kind, the newest
 * @throws {ApiError} invalid_value, unsupported_parameter: by the names that were sent
 */
export function parseSettings(
  channel: AnyChannel,
  given: { settings: Record<string, unknown>; secrets: Record<string, string> },
): { settings: Record<string, unknown>; secrets: Record<string, string> } {
  const settings = renamed(given.settings, camelCase);
  const secrets = renamed(given.secrets, camelCase);
  for (const [place, names, isRight] of [
    ['settings', Object.keys(settings), (name: string) => !channel.secrets.includes(name)],
    ['secrets', Object.keys(secrets), (name: string) => channel.secrets.includes(name)],
  ] as const) {
    const wrong = names.find((name) => !isRight(name));
    if (wrong !== undefined) throw misplaced(channel, place, snakeCase(wrong));
  }
  const lists = Object.entries(secrets).map(([name, secret]) => [name, [secret]]);
  const parsed = channel.settings.safeParse({ ...settings, ...Object.fromEntries(lists) });
  if (!parsed.success) throw asApiError(channel, parsed.error.issues[0]!);
  const kept = Object.entries(parsed.data as object).filter(([name]) => !channel.secrets.includes(name));
  return { settings: Object.fromEntries(kept), secrets };
}

function misplaced(channel: AnyChannel, place: 'settings' | 'secrets', name: string): ApiError {
  const param = `${place}.${name.slice(0, 100)}`;
  const of = (secret: boolean) =>
    channelFields(channel)
      .filter((field) => field.secret === secret)
      .map((field) => field.name)
      .join(', ') || 'none';
  const message = `The parameter "${param}" is not supported: ${channel.name} has the settings ${of(false)}, and the secrets ${of(true)}.`;
  return new ApiError('unsupported_parameter', { param, message });
}

function asApiError({ secrets, name: channel }: AnyChannel, issue: z.core.$ZodIssue): ApiError {
  if (issue.code === 'unrecognized_keys') {
    const param = `settings.${snakeCase(issue.keys[0]!.slice(0, 100))}`;
    const message = `The parameter "${param}" is not supported: ${channel} has no such setting.`;
    return new ApiError('unsupported_parameter', { param, message });
  }
  const [field, ...rest] = issue.path.map(String);
  const isSecret = secrets.includes(field ?? '');
  const path = [isSecret ? 'secrets' : 'settings', snakeCase(field ?? ''), ...(isSecret ? [] : rest)];
  const param = path.filter((part) => part !== '').join('.');
  const isMissing = issue.code === 'invalid_type' && issue.input === undefined && rest.length === 0;
  const said = isMissing ? 'is needed' : issue.message;
  return new ApiError('invalid_value', { param, message: `${param}: ${said}.` });
}

/** botToken → bot_token */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function renamed<Value>(
  object: Record<string, Value>,
  rename: (name: string) => string,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [rename(name), value]));
}
