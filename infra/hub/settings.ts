import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { UserError } from '../user-error.ts';

export interface HubSettings {
  /** Where the hub answers, without a slash at the end. */
  endpoint: string;
  /** The folder that all programs of this user share: models--org--name/{blobs,refs,snapshots}. */
  cacheDirectory: string;
  token: string | undefined;
  /** Nothing may be asked of the network. */
  isOffline: boolean;
  /** How long the hub may keep silent before a request is given up. */
  timeoutMs: number;
}

type Environment = Record<string, string | undefined>;

/**
 * The hub's settings as Python's huggingface_hub reads them: HF_HOME, HF_HUB_CACHE, HF_TOKEN, HF_TOKEN_PATH, HF_ENDPOINT,
 * HF_HUB_OFFLINE, HF_HUB_DOWNLOAD_TIMEOUT and their older names. A variable that is empty counts as not set.
 * @throws {UserError} naming the variable that cannot be
 */
export async function readHubSettings(environment: Environment = process.env): Promise<HubSettings> {
  return {
    endpoint: readEndpoint(environment),
    cacheDirectory: hubCacheDirectory(environment),
    token: await readToken(environment),
    isOffline: isTrue(environment['HF_HUB_OFFLINE'] || environment['TRANSFORMERS_OFFLINE']),
    timeoutMs: 1000 * readTimeoutSeconds(environment['HF_HUB_DOWNLOAD_TIMEOUT'] || '10'),
  };
}

/** Where pulled models are kept. */
export function hubCacheDirectory(environment: Environment = process.env): string {
  const named = environment['HF_HUB_CACHE'] || environment['HUGGINGFACE_HUB_CACHE'];
  return resolve(expandHome(named || join(hubHome(environment), 'hub')));
}

function hubHome(environment: Environment): string {
  const caches = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return expandHome(environment['HF_HOME'] || join(caches, 'huggingface'));
}

function readEndpoint({ HF_ENDPOINT }: Environment): string {
  const endpoint = (HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '');
  if (/^https?:/.test(endpoint) && URL.canParse(endpoint)) return endpoint;
  throw new UserError(
    `HF_ENDPOINT is ${JSON.stringify(endpoint)}: an address begins with http:// or https://.`,
  );
}

/** The variable's token, or the one that `hf auth login` wrote. */
async function readToken(environment: Environment): Promise<string | undefined> {
  const named = environment['HF_TOKEN'] || environment['HUGGING_FACE_HUB_TOKEN'];
  const path = expandHome(environment['HF_TOKEN_PATH'] || join(hubHome(environment), 'token'));
  const token = (named || (await readFile(path, 'utf8').catch(() => ''))).trim();
  // It becomes a header, and a message about it must not show it.
  if (/[^\x21-\x7e]/.test(token)) {
    throw new UserError(
      `the token in ${named ? 'HF_TOKEN' : path} holds a space or another character that no token has.`,
    );
  }
  return token || undefined;
}

function readTimeoutSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 3600) return seconds;
  throw new UserError(`HF_HUB_DOWNLOAD_TIMEOUT is ${JSON.stringify(text)}: it is seconds, from 1 to 3600.`);
}

function isTrue(text: string | undefined): boolean {
  return ['1', 'ON', 'YES', 'TRUE'].includes((text ?? '').toUpperCase());
}

function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}
