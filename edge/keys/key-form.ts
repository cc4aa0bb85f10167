import * as z from 'zod';
import { keptText } from '../kept-text.ts';
import { type KeyLimits, QUOTA_NAMES } from '../limits/key-limits.ts';
import { type KeyRecord, oldKeyValidUntil } from './key-record.ts';

export const MAX_WINDOW_SECONDS = 31 * 86_400;

const origin = z
  .string()
  .max(300)
  .refine(
    (text) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text,
    'must be an origin as browsers write it, such as "https://example.com"',
  );

const quota = z
  .strictObject({
    limit: z.number().int().min(1).max(1_000_000_000_000),
    window_seconds: z.number().int().min(1).max(MAX_WINDOW_SECONDS),
  })
  .transform(({ limit, window_seconds }) => ({ limit, windowSeconds: window_seconds }));

/** Quotas as the admin API takes them: null is none. */
export const quotaChoices = z.strictObject({
  requests: quota.nullable().exactOptional(),
  tokens: quota.nullable().exactOptional(),
  'session-requests': quota.nullable().exactOptional(),
  'session-tokens': quota.nullable().exactOptional(),
});

/** What can be chosen for a key, as the admin API takes it. */
const choices = {
  name: keptText(100),
  safety: z.boolean(),
  origins: z.array(origin).max(50),
  limits: quotaChoices,
};

export const createKeySchema = z.strictObject({
  kind: z.enum(['secret', 'publishable']),
  name: choices.name.default(''),
  safety: choices.safety.default(true),
  origins: choices.origins.default([]),
  limits: choices.limits.default({}),
});

export const updateKeySchema = z.strictObject({
  name: choices.name.exactOptional(),
  safety: choices.safety.exactOptional(),
  origins: choices.origins.exactOptional(),
  limits: choices.limits.exactOptional(),
});

export const rotateKeySchema = z.strictObject({
  /** How long the old key stays valid. */
  keep_old_seconds: z.number().int().min(0).max(MAX_WINDOW_SECONDS).default(86_400),
});

export type KeyChanges = z.infer<typeof updateKeySchema>;

/** Where an owner says nothing. A publishable key is everybody's: what one person can do is bounded, and what all can. */
export const DEFAULT_LIMITS: Record<KeyRecord['kind'], KeyLimits> = {
  secret: {},
  publishable: {
    requests: { limit: 10_000, windowSeconds: 86_400 },
    'session-requests': { limit: 300, windowSeconds: 3_600 },
  },
};

export function newPolicy({
  kind,
  safety,
  origins,
  limits,
}: z.infer<typeof createKeySchema>): KeyRecord['policy'] {
  return { safety, origins, limits: changeLimits(DEFAULT_LIMITS[kind], limits) };
}

/** A record with what was chosen anew; quotas that are not named stay. */
export function updateKey(record: KeyRecord, { name, safety, origins, limits }: KeyChanges): KeyRecord {
  const { policy } = record;
  return {
    ...record,
    name: name ?? record.name,
    policy: {
      safety: safety ?? policy.safety,
      origins: origins ?? policy.origins,
      limits: changeLimits(policy.limits, limits ?? {}),
    },
  };
}

/** Quotas with what was chosen anew: those that are not named stay. */
export function changeLimits(limits: KeyLimits, changes: z.infer<typeof quotaChoices>): KeyLimits {
  const merged = Object.entries({ ...limits, ...changes });
  return Object.fromEntries(merged.filter(([, quota]) => quota !== null));
}

/** A key as the admin API shows it. */
export function publicKey({ id, kind, name, policy, createdAt, revokedAt, digests }: KeyRecord, now: number) {
  return {
    id,
    object: 'key' as const,
    kind,
    name,
    safety: policy.safety,
    origins: policy.origins,
    limits: publicLimits(policy.limits),
    created_at: createdAt,
    revoked_at: revokedAt,
    old_key_valid_until: oldKeyValidUntil(digests, now),
  };
}

/** Quotas as the admin API shows them: each by its name, null where there is none. */
export function publicLimits(
  limits: KeyLimits,
): Record<string, { limit: number; window_seconds: number } | null> {
  const shown = QUOTA_NAMES.map((name) => {
    const found = limits[name];
    return [name, found ? { limit: found.limit, window_seconds: found.windowSeconds } : null];
  });
  return Object.fromEntries(shown);
}
