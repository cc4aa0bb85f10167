import { nowSeconds } from '../../dependencies.ts';
import { ApiError } from '../../errors.ts';
import { createRecordReader } from '../../records/record-reader.ts';
import { SealBrokenError, type Sealer } from '../../secrets/sealed.ts';
import type { RemoteIntegration } from './integration-object.ts';
import {
  INTEGRATION_FORM,
  type IntegrationRecord,
  isIntegrationId,
  sealOwner,
} from './integration-record.ts';

/** An integration as what comes in needs it: its record with its secrets opened. */
export interface Integration {
  /** Whose sessions the conversations are. */
  id: string;
  /** The channel's name. */
  channel: string;
  /** For the channel's schema: with the secrets that are valid now. */
  settings: Record<string, unknown>;
  persona: string[];
  /** Whether the word filter looks at what is said and answered. */
  safety: boolean;
  /** The channels, groups or chats that are answered; null for all. */
  places: string[] | null;
  /** What its messages count for. */
  quotas: Pick<RemoteIntegration, 'reserve' | 'settle'>;
  /** Keeps for the owner why a message was not answered. */
  noteFailure: RemoteIntegration['noteFailure'];
}

/**
 * The integration of an address, or null where there is none, none any more, or one that is switched off.
 * @param options.newest asks the integration's object: without it a change of the last minute may not be seen, such as the
 *   secret that a signature is wrong without
 * @throws {ApiError} integration_store_unavailable
 */
export type FindIntegration = (id: string, options?: { newest: boolean }) => Promise<Integration | null>;

interface Sources {
  kv: KVNamespace;
  objectOf: (id: string) => RemoteIntegration;
  /** Null where no secrets can be kept, and so no integrations. */
  sealer: Sealer | null;
  /** Milliseconds since 1970. */
  now: () => number;
}

const RETRY_AFTER_SECONDS = 5;

export function createFindIntegration({ kv, objectOf, sealer, now }: Sources): FindIntegration {
  const readObject = (id: string) => objectOf(id).read();
  const form = INTEGRATION_FORM;
  const records = createRecordReader({ kv, form, readObject, unavailable: storeUnavailable, now });
  // While KV is away its object is asked: channels send what they have to say a few times only.
  const published = (id: string) => records.published(id).catch(() => records.newest(id));

  return async (id, { newest } = { newest: false }) => {
    if (sealer === null || !isIntegrationId(id)) return null;
    const record = newest ? await records.newest(id) : (records.lately(id) ?? (await published(id)));
    if (record === null || !record.enabled || record.revokedAt !== null) return null;
    const { channel, persona, places, policy } = record;
    const settings = await openSettings(record, { sealer, now: nowSeconds({ now }) });
    // Without its secrets nothing that comes can be verified.
    if (Object.keys(record.secrets).some((name) => settings[name] === undefined)) return null;
    return {
      ...{ id, channel, settings, persona, safety: policy.safety, places, quotas: objectOf(id) },
      noteFailure: (failure) => objectOf(id).noteFailure(failure),
    };
  };
}

/**
 * An integration's settings with the secrets that are valid now. Those that were sealed with a SEALING_SECRET that is gone are
 * missing: the owner gives them anew.
 */
export async function openSettings(
  { id, settings, secrets }: IntegrationRecord,
  { sealer, now }: { sealer: Sealer; now: number },
): Promise<Record<string, unknown>> {
  const opened = Object.entries(secrets).map(async ([name, all]) => {
    const valid = all.filter(({ expiresAt }) => now < (expiresAt ?? Infinity));
    const texts = await Promise.all(
      valid.map(({ sealed }) => openOrNull(sealer, sealed, sealOwner(id, name))),
    );
    return [name, texts.filter((text) => text !== null)] as const;
  });
  const found = (await Promise.all(opened)).filter(([, texts]) => texts.length > 0);
  return { ...settings, ...Object.fromEntries(found) };
}

function openOrNull(sealer: Sealer, sealed: string, owner: string): Promise<string | null> {
  return sealer.open(sealed, owner).catch((error) => {
    if (error instanceof SealBrokenError) return null;
    throw error;
  });
}

/** @throws {ApiError} integration_store_unavailable in the place of what KV and objects throw */
export async function reachStore<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (cause) {
    throw cause instanceof ApiError ? cause : storeUnavailable(cause);
  }
}

function storeUnavailable(cause: unknown): ApiError {
  return new ApiError('integration_store_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}
