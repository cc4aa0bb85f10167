import { nowSeconds } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { createRecordReader } from '../records/record-reader.ts';
import { acceptsDigest, decodeRecord, type KeyRecord } from './key-record.ts';

/** In KV: this and a key's id. Value: the record as JSON with `version`. Expiry: none, 30 days once it is revoked. */
export const KEY_PREFIX = 'key:';

/** Looks keys up, mostly among those that were looked up lately. */
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

const RETRY_AFTER_SECONDS = 5;

export function createKeyReader(sources: Sources): KeyReader {
  const { now } = sources;
  const form = { kvPrefix: KEY_PREFIX, decode: decodeRecord };
  const unavailable = (cause: unknown) =>
    new ApiError('key_store_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
  const records = createRecordReader({ ...sources, form, unavailable });

  const accepts = (record: KeyRecord | null, sha256: string) =>
    acceptsDigest(record, sha256, nowSeconds({ now }));

  return {
    lately(id, sha256) {
      const record = records.lately(id);
      return accepts(record, sha256) ? record : null;
    },
    async verify(id, sha256) {
      const published = await records.published(id);
      if (accepts(published, sha256)) return published;
      if (published === null || published.revokedAt !== null) return null;
      const record = await records.newest(id);
      return accepts(record, sha256) ? record : null;
    },
    async read(id) {
      return records.lately(id) ?? (await records.published(id));
    },
  };
}
