import { nowSeconds } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { acceptsDigest, decodeRecord, type KeyRecord } from './key-record.ts';

/** In KV: this and a key's id. Value: the record as JSON with `version`. Expiry: none, 30 days once it is revoked. */
export const KEY_PREFIX = 'key:';

/** Looks keys up, and keeps what it found for a while, so that hardly a request costs a read. */
export interface KeyReader {
  /** The record of a key whose digest was right within the last half minute, without a look into the store. */
  lately(id: string, sha256: string): KeyRecord | null;
  /** @throws {ApiError} key_store_unavailable, where the key has not been read before either */
  read(id: string): Promise<KeyRecord | null>;
}

// A key that was revoked, or whose policy was changed, is as it was for this long, and for what KV's own cache adds.
const CACHE_MS = 30_000;
const KV_CACHE_SECONDS = 30;
// Far more keys than one isolate sees; a few hundred bytes each.
const MAX_CACHED = 1_000;
const RETRY_AFTER_SECONDS = 5;

export function createKeyReader(kv: KVNamespace, { now }: { now: () => number }): KeyReader {
  // Oldest first.
  const cache = new Map<string, { record: KeyRecord; readAtMs: number }>();

  function remember(id: string, record: KeyRecord | null): void {
    cache.delete(id);
    if (record !== null) cache.set(id, { record, readAtMs: now() });
    if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value!);
  }

  function fresh(id: string): KeyRecord | null {
    const found = cache.get(id);
    return found !== undefined && now() - found.readAtMs < CACHE_MS ? found.record : null;
  }

  return {
    lately(id, sha256) {
      const record = fresh(id);
      return acceptsDigest(record, sha256, nowSeconds({ now })) ? record : null;
    },
    async read(id) {
      const known = fresh(id);
      if (known !== null) return known;
      try {
        const value = await kv.get(KEY_PREFIX + id, { cacheTtl: KV_CACHE_SECONDS });
        const record = value === null ? null : decodeRecord(value);
        remember(id, record);
        return record;
      } catch (cause) {
        // While KV is away, who was known before goes on.
        const stale = cache.get(id);
        if (stale !== undefined) return stale.record;
        throw new ApiError('key_store_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
      }
    },
  };
}
