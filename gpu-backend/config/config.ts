import { readFileSync } from 'node:fs';
import { ConfigError } from './config-error.ts';
import { readFlags } from './flags.ts';
import type { TlsFiles } from '../http/tls-files.ts';
import type { ModelSource } from './model-list.ts';
import { nearestName } from './nearest-name.ts';
import type { Option } from './option-kinds.ts';
import { CONFIG_OPTIONS, fileVariableOf, type OptionValues } from './options.ts';

const LOOPBACK = /^(localhost|127\.[\d.]+|::1)$/;

type Settings = Record<string, string | undefined>;

/** The options as the program uses them: checked, also against each other. */
export interface BackendConfig
  extends Omit<
    OptionValues,
    | 'models'
    | 'modelDirectory'
    | 'modelName'
    | 'token'
    | 'previousToken'
    | 'tlsCertFile'
    | 'tlsKeyFile'
    | 'tlsClientCaFile'
  > {
  /** At least one. */
  models: ModelSource[];
  /** Any of them opens the server; without one everybody may. */
  tokens: string[];
  /** HTTP without it. */
  tls: TlsFiles | undefined;
}

export interface ConfigSources {
  environment: Settings;
  /** The command line after the program's name. It wins over the environment. */
  args?: string[];
  /** Reads a file that holds a secret. */
  readFile?(path: string): string;
}

/** @throws {ConfigError} for the first option that is wrong or missing */
export function readConfig({ environment, args = [], readFile = readText }: ConfigSources): BackendConfig {
  const flags = readFlags(args);
  const settingOf = (option: Option<unknown>) =>
    option.isSecret
      ? (readSecret(option, flags, readFile) ?? readSecret(option, environment, readFile))
      : (flags[option.variable] ?? environment[option.variable]);
  const entries = Object.entries(CONFIG_OPTIONS).map(([key, option]) => [
    key,
    option.read(settingOf(option)),
  ]);
  return checkTogether(Object.fromEntries(entries) as OptionValues);
}

/** What is allowed and probably not meant, a sentence for each. */
export function configWarnings({ host, tokens }: BackendConfig, environment: Settings): string[] {
  const isOpen = tokens.length === 0 && !LOOPBACK.test(host);
  const open = `Whoever reaches ${host} may use the models: set BACKEND_TOKEN.`;
  return [...(isOpen ? [open] : []), ...misspeltVariables(environment)];
}

function misspeltVariables(environment: Settings): string[] {
  const known = Object.values(CONFIG_OPTIONS).flatMap((option) =>
    option.isSecret ? [option.variable, fileVariableOf(option)] : [option.variable],
  );
  return Object.keys(environment).flatMap((name) => {
    const meant = known.includes(name) ? undefined : nearestName(name, known);
    // What is meant may be set too: then the other variable is probably somebody else's.
    if (meant === undefined || environment[meant] !== undefined) return [];
    return [`The variable ${name} is not read: is ${meant} meant?`];
  });
}

/** A secret, or the file's content that holds it: without the line break at the end that editors and tools leave. */
function readSecret(
  option: Option<unknown>,
  settings: Settings,
  readFile: (path: string) => string,
): string | undefined {
  const { variable } = option;
  const [value, path] = [settings[variable], settings[fileVariableOf(option)]];
  if (!path) return value;
  if (value !== undefined) {
    throw new ConfigError(`${variable} and ${fileVariableOf(option)} are both set: keep one of them.`);
  }
  try {
    return readFile(path).replace(/\r?\n$/, '');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigError(`${fileVariableOf(option)} names a file that cannot be read: ${code ?? message}.`);
  }
}

function checkTogether({
  models,
  modelDirectory,
  modelName,
  token,
  previousToken,
  tlsCertFile,
  tlsKeyFile,
  tlsClientCaFile,
  ...values
}: OptionValues): BackendConfig {
  if (modelName !== undefined && modelDirectory === undefined) {
    throw new ConfigError(
      'MODEL_NAME is set without MODEL_DIR, whose model it names; --model gives a name to each.',
    );
  }
  const first = modelDirectory === undefined ? [] : [{ name: modelName, directory: modelDirectory }];
  return {
    ...values,
    models: requireAny([...first, ...models]),
    tokens: tokensOf(token, previousToken),
    tls: tlsFiles(tlsCertFile, tlsKeyFile, tlsClientCaFile),
  };
}

function requireAny(models: ModelSource[]): ModelSource[] {
  if (models.length > 0) return models;
  throw new ConfigError(
    'There is no model to serve: set MODEL_DIR to what `tandem model build` wrote, or give --model NAME=DIR.',
  );
}

function tokensOf(token: string | undefined, previous: string | undefined): string[] {
  if (previous !== undefined && token === undefined) {
    throw new ConfigError('BACKEND_TOKEN_PREVIOUS is set without BACKEND_TOKEN: set the new token too.');
  }
  return [token, previous].filter((given) => given !== undefined);
}

function tlsFiles(certFile?: string, keyFile?: string, clientCaFile?: string): TlsFiles | undefined {
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile, clientCaFile };
  if (certFile === undefined && keyFile === undefined && clientCaFile === undefined) return undefined;
  throw new ConfigError('TLS needs both TLS_CERT_FILE and TLS_KEY_FILE.');
}

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}
