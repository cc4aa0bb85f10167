import { parseArgs } from 'node:util';
import { ConfigError } from './config-error.ts';
import { nearestName } from './nearest-name.ts';
import { CONFIG_OPTIONS, fileVariableOf, flagOf } from './options.ts';

/**
 * What the command line sets, by the variables that the flags stand for; repeated flags joined by commas.
 * @throws {ConfigError} for a flag that there is not, one without a value, or anything else
 */
export function readFlags(args: string[]): Record<string, string> {
  const options = new Map(Object.values(CONFIG_OPTIONS).map((option) => [flagOf(option), option]));
  const kinds = Object.fromEntries(
    [...options.keys()].map((flag) => [flag.slice(2), { type: 'string' as const }]),
  );
  const { tokens } = parseArgs({ args, options: kinds, strict: false, tokens: true });
  const values: Record<string, string> = {};
  for (const token of tokens) {
    if (token.kind !== 'option')
      throw new ConfigError(`${JSON.stringify(args[token.index])} is no option. See --help.`);
    const option = options.get(token.rawName);
    if (option === undefined) throw unknown(token.rawName, [...options.keys()]);
    if (!token.value) throw new ConfigError(`${token.rawName} needs a value. See --help.`);
    const variable = option.isSecret ? fileVariableOf(option) : option.variable;
    const before = values[variable];
    values[variable] = option.isRepeated && before !== undefined ? `${before},${token.value}` : token.value;
  }
  return values;
}

function unknown(flag: string, flags: string[]): ConfigError {
  const secret = Object.values(CONFIG_OPTIONS).find(
    (option) => option.isSecret && `${flag}-file` === flagOf(option),
  );
  if (secret !== undefined) {
    return new ConfigError(
      `${flag} would show a secret to every user of the machine: set ${secret.variable}, or ${flagOf(secret)}.`,
    );
  }
  const meant = nearestName(flag, flags);
  return new ConfigError(
    `There is no option ${flag}${meant === undefined ? '.' : `: is ${meant} meant?`} See --help.`,
  );
}
