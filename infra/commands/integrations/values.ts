import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { InvalidArgumentError } from 'commander';
import { ask, canAsk } from '../../terminal/ask.ts';
import { UsageError, UserError } from '../../user-error.ts';
import type { Channel, Field } from './admin.ts';

export type NamedValues = Record<string, string>;

/** For an option that may be given again and again: "team=T012". */
export function collectNamed(argument: string, before: NamedValues = {}): NamedValues {
  const [, name, value] = /^([a-z][a-z0-9_]*)=(.*)$/s.exec(argument) ?? [];
  if (name === undefined) throw new InvalidArgumentError('It is like name=value.');
  return { ...before, [name]: value! };
}

/** The variable that holds a field where nothing else does: SLACK_BOT_TOKEN. */
export function variableOf(channel: Channel, { name }: Field): string {
  return `${channel.name}_${name}`.toUpperCase();
}

/** @throws {UserError} for a name that the channel has no field of */
export function refuseUnknown(
  { name, fields }: Channel,
  given: NamedValues,
  { secret, flag }: { secret: boolean; flag: string },
): void {
  const known = fields.filter((field) => field.secret === secret).map((field) => field.name);
  const unknown = Object.keys(given).find((each) => !known.includes(each));
  if (unknown === undefined) return;
  throw new UsageError(`${flag} ${unknown}: ${name} has ${known.join(', ') || 'none'}.`);
}

/**
 * A secret: out of the file that was named for it, out of its variable, or from who is at the terminal; null where it was given
 * nowhere.
 * @throws {UserError} where the file cannot be read or is empty
 */
export async function findSecret(
  channel: Channel,
  field: Field,
  { files, mayAsk }: { files: NamedValues; mayAsk: boolean },
): Promise<string | null> {
  const file = files[field.name];
  if (file !== undefined) return readSecret(field.name, file);
  const fromVariable = process.env[variableOf(channel, field)];
  if (fromVariable) return fromVariable;
  if (!mayAsk || !canAsk()) return null;
  return (await ask(`${field.name} (${field.description}): `, { hidden: true })) || null;
}

/** @throws {UserError} that says how to give it */
export function missing(channel: Channel, field: Field): UserError {
  const variable = variableOf(channel, field);
  const how = field.secret ? `--secret-file ${field.name}=FILE` : `--set ${field.name}=…`;
  const what = field.description === '' ? '' : ` (${field.description})`;
  return new UsageError(`${field.name}${what} is needed: give it by ${how} or in the variable ${variable}.`);
}

async function readSecret(name: string, file: string): Promise<string> {
  const content = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  const secret = content.trim();
  if (secret === '') throw new UserError(`--secret-file ${name}=${file}: it is empty.`);
  return secret;
}
