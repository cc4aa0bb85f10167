import { nowSeconds } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { acceptsDigest, decodeRecord, type KeyRecord } from './key-record.ts';

/** In KV: this and a key's id. Value: the record as JSON with `version`. Expiry: none, 30 days once it is revoked. */
export const KEY_PREFIX = 'key:';

/** Looks keys up, and keeps what it found for a while, so that hardly a request costs a read. */
export interface KeyReader {
  /** The record of a key that was looked up within the last half minute, if the digest is one of its own. */
  lately(id: string, sha256: string): KeyRecord | null;
  /**
   * The record of a key, if the digest is one of its own: by KV or, where KV knows the key by other digests, by the
   * key's object, which knows of a rotation at once.
   * @throws {ApiError} key_store_unavailable
   */
  verify(id: string, sha256: string): Promise<KeyRecord | null>;
  /** A key that need not be proved. @throws {ApiError} key_store_unavailable */
  read(id: string): Promise<KeyRecord | null>;
}

interface Sources {
  kv: KVNamespace;
  /** The truth, further away. */
  readObject: (id: string) => Promise<KeyRecord | null>;
  /** Milliseconds since 1970. */
  now: () => number;
}

// A key that was revoked, or whose policy was changed, is as it was for this long, and for what KV's own cache adds.
const CACHE_MS = 30_000;
const KV_CACHE_SECONDS = 30;
// Far more keys than one isolate sees; a few hundred bytes each.
const MAX_CACHED = 1_000;
const RETRY_AFTER_SECONDS = 5;

export function createKeyReader({ kv, readObject, now }: Sources): KeyReader {
  // Oldest first.
  const cache = new Map<string, { record: KeyRecord; readAtMs: number }>();

  function remember(id: string, record: KeyRecord | null): KeyRecord | null {
    cache.delete(id);
    if (record !== null) cache.set(id, { record, readAtMs: now() });
    if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value!);
    return record;
  }

  function fresh(id: string): KeyRecord | null {
    const found = cache.get(id);
    return found !== undefined && now() - found.readAtMs < CACHE_MS ? found.record : null;
  }

  async function readKv(id: string): Promise<KeyRecord | null> {
    const value = await kv.get(KEY_PREFIX + id, { cacheTtl: KV_CACHE_SECONDS }).catch((cause) => {
      // While KV is away, who was known before goes on.
      const stale = cache.get(id);
      return stale?.record ?? unavailable(cause);
    });
    return remember(id, typeof value === 'string' ? decodeRecord(value) : value);
  }

  const accepts = (record: KeyRecord | null, sha256: string) =>
    acceptsDigest(record, sha256, nowSeconds({ now }));

  return {
    lately(id, sha256) {
      const record = fresh(id);
      return accepts(record, sha256) ? record : null;
    },
    async verify(id, sha256) {
      const published = await readKv(id);
      if (accepts(published, sha256)) return published;
      if (published === null || published.revokedAt !== null) return null;
      const record = remember(id, await readObject(id).catch(unavailable));
      return accepts(record, sha256) ? record : null;
    },
    async read(id) {
      return fresh(id) ?? (await readKv(id));
    },
  };
}

function unavailable(cause: unknown): never {
  throw new ApiError('key_store_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}
