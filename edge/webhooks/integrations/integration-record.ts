import * as z from 'zod';
import type { KeyLimits } from '../../limits/key-limits.ts';

/** What is kept of an integration: one bot, app or number of a channel that talks with us. */
export interface IntegrationRecord {
  id: string;
  /** The channel's name in the registry. */
  channel: string;
  /** For people. */
  name: string;
  /** Switched off, it is as if it were not there. */
  enabled: boolean;
  /** As the channel's own schema takes them, all but the secrets. */
  settings: Record<string, unknown>;
  /** Sealed for the integration and the secret's name. Newest first; older ones are valid until they expire. */
  secrets: Record<string, SealedSecret[]>;
  /** Of new conversations, a fact a line. */
  persona: string[];
  /** The channels, groups or chats that are answered; null for all. */
  places: string[] | null;
  policy: IntegrationPolicy;
  /** Seconds since 1970, here and below. */
  createdAt: number;
  revokedAt: number | null;
}

export interface IntegrationPolicy {
  /** Whether what people write and what the model answers goes through the word filter. */
  safety: boolean;
  /** Those of sessions are each conversation's. */
  limits: KeyLimits;
}

export interface SealedSecret {
  sealed: string;
  setAt: number;
  expiresAt: number | null;
}

// A secret that is rotated again and again within the time of its old ones.
const MAX_SECRETS = 3;

export interface SecretRotation {
  /** The new ones by name, sealed. What is not named stays. */
  secrets: Record<string, string>;
  now: number;
  keepOldSeconds: number;
}

/** A record with new secrets; those until now stay valid for `keepOldSeconds`, unless they expire earlier. */
export function rotateSecrets(
  record: IntegrationRecord,
  { secrets, now, keepOldSeconds }: SecretRotation,
): IntegrationRecord {
  const rotated = Object.entries(secrets).map(([name, sealed]) => {
    const old = (record.secrets[name] ?? [])
      .map((secret) => ({
        ...secret,
        expiresAt: Math.min(secret.expiresAt ?? Infinity, now + keepOldSeconds),
      }))
      .filter(({ expiresAt }) => expiresAt > now);
    return [name, [{ sealed, setAt: now, expiresAt: null }, ...old].slice(0, MAX_SECRETS)];
  });
  return { ...record, secrets: { ...record.secrets, ...Object.fromEntries(rotated) } };
}

/** A record that nobody can speak through any more, without its secrets. */
export function revokeIntegration(record: IntegrationRecord, now: number): IntegrationRecord {
  return { ...record, enabled: false, secrets: {}, revokedAt: record.revokedAt ?? now };
}

/** What a secret of an integration is sealed for. */
export function sealOwner(integrationId: string, secretName: string): string {
  return `${integrationId}:${secretName}`;
}

// Crockford's, as keys' ids have them: 60 random bits. The address is no secret, since what comes in is signed.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const ID = new RegExp(`^int_[${ALPHABET}]{12}$`);

export function createIntegrationId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `int_${Array.from(bytes, (byte) => ALPHABET[byte % 32]).join('')}`;
}

export function isIntegrationId(text: string): boolean {
  return ID.test(text);
}

const quotaSchema = z.object({ limit: z.number(), windowSeconds: z.number() });

/** A record as it is stored, in KV and in the integration's object. */
const storedSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  channel: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  settings: z.record(z.string(), z.unknown()),
  secrets: z.record(
    z.string(),
    z.array(z.object({ sealed: z.string(), setAt: z.number(), expiresAt: z.number().nullable() })),
  ),
  persona: z.array(z.string()),
  places: z.array(z.string()).nullable(),
  policy: z.object({
    safety: z.boolean(),
    limits: z.object({
      requests: quotaSchema.exactOptional(),
      tokens: quotaSchema.exactOptional(),
      'session-requests': quotaSchema.exactOptional(),
      'session-tokens': quotaSchema.exactOptional(),
    }),
  }),
  createdAt: z.number(),
  revokedAt: z.number().nullable(),
});

/** How integrations are stored. In KV they never expire, or 30 days after they were revoked. */
export const INTEGRATION_FORM = {
  kvPrefix: 'integration:',
  encode(record: IntegrationRecord): string {
    return JSON.stringify({ version: 1, ...record } satisfies z.input<typeof storedSchema>);
  },
  /** @throws {Error} for a value that this worker cannot have written */
  decode(value: string): IntegrationRecord {
    const { version: _, ...record } = storedSchema.parse(JSON.parse(value));
    return record;
  },
};
