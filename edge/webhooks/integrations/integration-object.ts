import { RecordObject } from '../../records/record-object.ts';
import { type IntegrationChanges, updateIntegration } from './integration-form.ts';
import {
  INTEGRATION_FORM,
  type IntegrationRecord,
  revokeIntegration,
  rotateSecrets,
  type SecretRotation,
} from './integration-record.ts';

type Call = 'read' | 'create' | 'update' | 'rotate' | 'revoke' | 'reserve' | 'settle';
type Remote<Method> = Method extends (...given: infer Given) => infer Result
  ? (...given: Given) => Promise<Awaited<Result>>
  : never;

/** An integration's object from afar. */
export type RemoteIntegration = { [Name in Call]: Remote<IntegrationObject[Name]> };

/** One integration: its record, secrets sealed, and its quotas. */
export class IntegrationObject extends RecordObject<IntegrationRecord> {
  protected override readonly form = INTEGRATION_FORM;

  /** This and the next two answer the record after the change, or null where there is none to change. */
  update(changes: IntegrationChanges): Promise<IntegrationRecord | null> {
    return this.change((record) => (record.revokedAt === null ? updateIntegration(record, changes) : null));
  }

  rotate(rotation: SecretRotation): Promise<IntegrationRecord | null> {
    return this.change((record) => (record.revokedAt === null ? rotateSecrets(record, rotation) : null));
  }

  revoke(now: number): Promise<IntegrationRecord | null> {
    return this.change((record) => revokeIntegration(record, now));
  }
}
