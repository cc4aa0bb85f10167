import type { Sealer } from '../../secrets/sealed.ts';
import type { AnyChannel } from '../channels/registry.ts';
import { snakeCase } from './channel-fields.ts';
import { type IntegrationRecord, sealOwner } from './integration-record.ts';

const RANDOM_BYTES = 32;

/** The secrets of a channel that are ours to choose, by the names of the admin API: all but some, or only some. */
export function generateSecrets(
  { generate = {} }: AnyChannel,
  { except = [], only }: { except?: string[]; only?: string[] },
): Record<string, string> {
  const made = Object.entries(generate)
    .map(([name, make]) => [snakeCase(name), make] as const)
    .filter(([name]) => !except.includes(name) && (only === undefined || only.includes(name)))
    .map(([name, make]) => [name, make!(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)))]);
  return Object.fromEntries(made);
}

/** Each sealed for the integration and its own name. */
export async function sealSecrets(
  sealer: Sealer,
  integrationId: string,
  secrets: Record<string, string>,
): Promise<Record<string, string>> {
  const sealed = Object.entries(secrets).map(async ([name, secret]) => {
    return [name, await sealer.seal(secret, sealOwner(integrationId, name))] as const;
  });
  return Object.fromEntries(await Promise.all(sealed));
}

/** Of a new integration, which has no older ones. */
export function newestSecrets(sealed: Record<string, string>, setAt: number): IntegrationRecord['secrets'] {
  const lists = Object.entries(sealed).map(([name, text]) => [
    name,
    [{ sealed: text, setAt, expiresAt: null }],
  ]);
  return Object.fromEntries(lists);
}
