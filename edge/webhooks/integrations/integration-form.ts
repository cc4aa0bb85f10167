import * as z from 'zod';
import { keptText } from '../../kept-text.ts';
import { changeLimits, MAX_WINDOW_SECONDS, publicLimits, quotaChoices } from '../../keys/key-form.ts';
import type { KeyLimits } from '../../limits/key-limits.ts';
import { CHANNELS } from '../channels/registry.ts';
import { renamed, snakeCase } from './channel-fields.ts';
import type { IntegrationRecord, SealedSecret } from './integration-record.ts';

/** What can be chosen for an integration, as the admin API takes it. */
const choices = {
  name: keptText(100),
  enabled: z.boolean(),
  settings: z
    .record(z.string(), z.unknown())
    .describe('What the channel wants to know, as /admin/v1/channels tells.'),
  persona: z.union([z.string(), z.array(z.string()).max(100)]).describe('Facts about the bot, one a line.'),
  places: z
    .array(z.string().min(1).max(300))
    .min(1)
    .max(1_000)
    .nullable()
    .describe('Ids of the channels, groups or chats that are answered; null for all.'),
  safety: z.boolean(),
  limits: quotaChoices,
};
const secrets = z
  .record(z.string(), z.string().min(1).max(4_096))
  .describe('The channel’s secrets, each as it is. They are sealed, and not shown again.');

export const createIntegrationSchema = z.strictObject({
  channel: z.enum([...CHANNELS.keys()]),
  name: choices.name.default(''),
  enabled: choices.enabled.default(true),
  settings: choices.settings.default({}),
  secrets: secrets.default({}),
  persona: choices.persona.default([]),
  places: choices.places.default(null),
  safety: choices.safety.default(true),
  limits: choices.limits.default({}),
});

export const updateIntegrationSchema = z.strictObject({
  name: choices.name.exactOptional(),
  enabled: choices.enabled.exactOptional(),
  settings: choices.settings.exactOptional(),
  persona: choices.persona.exactOptional(),
  places: choices.places.exactOptional(),
  safety: choices.safety.exactOptional(),
  limits: choices.limits.exactOptional(),
});

export const rotateSecretsSchema = z.strictObject({
  secrets: secrets.default({}),
  generate: z.array(z.string()).max(10).default([]).describe('Secrets that are made here, to be made anew.'),
  keep_old_seconds: z
    .number()
    .int()
    .min(0)
    .max(MAX_WINDOW_SECONDS)
    .default(86_400)
    .describe('How long the old ones stay valid.'),
});

/** Changes once they were read: the settings whole, the persona in lines. */
export type IntegrationChanges = Pick<
  z.infer<typeof updateIntegrationSchema>,
  'name' | 'enabled' | 'places' | 'safety' | 'limits'
> & { settings?: Record<string, unknown>; persona?: string[] };

/** Everybody who finds the bot may write to it: what one conversation can do is bounded, and what all can. */
const DEFAULT_LIMITS: KeyLimits = {
  requests: { limit: 10_000, windowSeconds: 86_400 },
  'session-requests': { limit: 300, windowSeconds: 3_600 },
};

export function newPolicy({
  safety,
  limits,
}: Pick<z.infer<typeof createIntegrationSchema>, 'safety' | 'limits'>): IntegrationRecord['policy'] {
  return { safety, limits: changeLimits(DEFAULT_LIMITS, limits) };
}

/** A record with what was chosen anew; quotas that are not named stay. */
export function updateIntegration(
  record: IntegrationRecord,
  { safety, limits, ...changes }: IntegrationChanges,
): IntegrationRecord {
  const { policy } = record;
  return {
    ...record,
    ...changes,
    policy: { safety: safety ?? policy.safety, limits: changeLimits(policy.limits, limits ?? {}) },
  };
}

/** An integration as the admin API shows it. */
export function publicIntegration(
  record: IntegrationRecord,
  { now, origin }: { now: number /** The edge's own address. */; origin: string },
) {
  const { id, channel, name, enabled, settings, persona, places, policy, createdAt, revokedAt } = record;
  const url = `${origin}/webhooks/${id}`;
  const secrets = Object.entries(record.secrets).map(([secret, all]) => [
    snakeCase(secret),
    { set_at: all[0]?.setAt ?? createdAt, old_valid_until: oldValidUntil(all, now) },
  ]);
  return {
    id,
    object: 'integration' as const,
    channel,
    name,
    enabled,
    webhook_url: url,
    settings: renamed(settings, snakeCase),
    secrets: Object.fromEntries(secrets) as Record<
      string,
      { set_at: number; old_valid_until: number | null }
    >,
    persona,
    places,
    safety: policy.safety,
    limits: publicLimits(policy.limits),
    steps: revokedAt === null ? (CHANNELS.get(channel)?.steps(url) ?? []) : [],
    created_at: createdAt,
    revoked_at: revokedAt,
  };
}

/** Until when a secret of before a rotation is still valid, or null where there is none. */
function oldValidUntil(secrets: SealedSecret[], now: number): number | null {
  const expiries = secrets.map(({ expiresAt }) => expiresAt ?? 0).filter((expiry) => expiry > now);
  return expiries.length === 0 ? null : Math.max(...expiries);
}
