import { RecordObject } from '../../records/record-object.ts';
import { type IntegrationChanges, updateIntegration } from './integration-form.ts';
import {
  INTEGRATION_FORM,
  type IntegrationRecord,
  revokeIntegration,
  rotateSecrets,
  type SecretRotation,
} from './integration-record.ts';

type Call =
  | ('read' | 'create' | 'update' | 'rotate' | 'revoke')
  | ('reserve' | 'settle' | 'usage')
  | ('noteFailure' | 'lastFailure');
type Remote<Method> = Method extends (...given: infer Given) => infer Result
  ? (...given: Given) => Promise<Awaited<Result>>
  : never;

/** An integration's object from afar. */
export type RemoteIntegration = { [Name in Call]: Remote<IntegrationObject[Name]> };

/** Why a message was not answered, for the owner; nothing that anybody said. */
export interface IntegrationFailure {
  /** Seconds since 1970. */
  at: number;
  reason: string;
}

// What a channel says is cut: it is to be read by a person, in a line.
const MAX_REASON_LENGTH = 300;

/** One integration: its record, secrets sealed, its quotas, and `failure`: the last one. */
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

  noteFailure({ at, reason }: IntegrationFailure): void {
    if (this.read() === null) return;
    this.ctx.storage.kv.put('failure', { at, reason: reason.slice(0, MAX_REASON_LENGTH) });
  }

  lastFailure(): IntegrationFailure | null {
    return this.ctx.storage.kv.get<IntegrationFailure>('failure') ?? null;
  }
}
