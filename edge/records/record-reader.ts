import type { ApiError } from '../errors.ts';
import type { OwnedRecord, RecordForm } from './record-object.ts';

/** Looks records up in KV, and keeps what it found for a while, so that hardly a request costs a read. */
export interface RecordReader<Kept> {
  /** A record that was looked up within the last half minute. */
  lately(id: string): Kept | null;
  /** The record of KV, which may be a minute old. */
  published(id: string): Promise<Kept | null>;
  /** The record of its object, which knows of a change at once. */
  newest(id: string): Promise<Kept | null>;
}

interface Sources<Kept extends OwnedRecord> {
  kv: KVNamespace;
  form: Pick<RecordForm<Kept>, 'kvPrefix' | 'decode'>;
  /** The truth, further away. */
  readObject: (id: string) => Promise<Kept | null>;
  /** What is thrown where the store is away. */
  unavailable: (cause: unknown) => ApiError;
  /** Milliseconds since 1970. */
  now: () => number;
}

// A record that was revoked, or changed, is as it was for this long, and for what KV's own cache adds.
const CACHE_MS = 30_000;
const KV_CACHE_SECONDS = 30;
// Far more records than one isolate sees; a few hundred bytes each.
const MAX_CACHED = 1_000;

export function createRecordReader<Kept extends OwnedRecord>(sources: Sources<Kept>): RecordReader<Kept> {
  const { kv, form, readObject, now } = sources;
  // Oldest first.
  const cache = new Map<string, { record: Kept; readAtMs: number }>();

  function remember(id: string, record: Kept | null): Kept | null {
    cache.delete(id);
    if (record !== null) cache.set(id, { record, readAtMs: now() });
    if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value!);
    return record;
  }

  function unavailable(cause: unknown): never {
    throw sources.unavailable(cause);
  }

  return {
    lately(id) {
      const found = cache.get(id);
      return found !== undefined && now() - found.readAtMs < CACHE_MS ? found.record : null;
    },
    async published(id) {
      const value = await kv.get(form.kvPrefix + id, { cacheTtl: KV_CACHE_SECONDS }).catch((cause) => {
        // While KV is away, who was known before goes on.
        return cache.get(id)?.record ?? unavailable(cause);
      });
      return remember(id, typeof value === 'string' ? form.decode(value) : value);
    },
    async newest(id) {
      return remember(id, await readObject(id).catch(unavailable));
    },
  };
}
