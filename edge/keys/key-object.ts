import { RecordObject } from '../records/record-object.ts';
import { type KeyChanges, updateKey } from './key-form.ts';
import { KEY_PREFIX } from './key-reader.ts';
import { decodeRecord, encodeRecord, type KeyRecord, revokeKey, rotateKey } from './key-record.ts';

/** What others ask of a key's object. */
export type KeyObject = Pick<
  DurableObjectStub<ApiKeyObject>,
  'read' | 'create' | 'update' | 'rotate' | 'revoke' | 'reserve' | 'settle' | 'usage'
>;

/** One key: its record and its quotas. */
export class ApiKeyObject extends RecordObject<KeyRecord> {
  protected override readonly form = { kvPrefix: KEY_PREFIX, encode: encodeRecord, decode: decodeRecord };

  /** This and the next two answer the record after the change, or null where there is no key to change. */
  update(changes: KeyChanges): Promise<KeyRecord | null> {
    return this.change((record) => (record.revokedAt === null ? updateKey(record, changes) : null));
  }

  rotate(rotation: { sha256: string; now: number; keepOldSeconds: number }): Promise<KeyRecord | null> {
    return this.change((record) => (record.revokedAt === null ? rotateKey(record, rotation) : null));
  }

  revoke(now: number): Promise<KeyRecord | null> {
    return this.change((record) => revokeKey(record, now));
  }
}
