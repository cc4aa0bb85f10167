import { ApiError } from '../errors.ts';
import type { OwnedRecord, RecordForm } from './record-object.ts';

// KV reads so many values at once.
const PAGE = 100;

/**
 * A page of all records of a kind, from KV: as they were a minute ago at the worst.
 * @param options.after the `next` of the page before, which is null after the last
 * @throws {ApiError} invalid_value for an `after` that is none; what KV throws
 */
export async function listRecords<Kept extends OwnedRecord>(options: {
  kv: KVNamespace;
  form: Pick<RecordForm<Kept>, 'kvPrefix' | 'decode'>;
  after: string | null;
}): Promise<{ records: Kept[]; next: string | null }> {
  const { kv, form, after } = options;
  const page = await listNames(kv, { prefix: form.kvPrefix, cursor: after });
  const names = page.keys.map(({ name }) => name);
  const values = names.length === 0 ? [] : (await kv.get(names)).values();
  return {
    records: [...values].filter((value) => value !== null).map((value) => form.decode(value)),
    next: page.list_complete ? null : page.cursor,
  };
}

async function listNames(kv: KVNamespace, { prefix, cursor }: { prefix: string; cursor: string | null }) {
  try {
    return await kv.list({ prefix, limit: PAGE, cursor });
  } catch (error) {
    if (cursor === null) throw error;
    const message = 'after: must be the "next" of an earlier page.';
    throw new ApiError('invalid_value', { param: 'after', message, cause: error });
  }
}
