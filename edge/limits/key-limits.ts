/** So much within a window; what was used comes back evenly over the window. */
export interface Quota {
  limit: number;
  windowSeconds: number;
}

/** What a key's quotas are for. Tokens are those of prompts and replies together. */
export const QUOTA_NAMES = ['requests', 'tokens', 'session-requests', 'session-tokens'] as const;

export type QuotaName = (typeof QUOTA_NAMES)[number];

/** A key's quotas; what is absent is not limited. */
export type KeyLimits = Partial<Record<QuotaName, Quota>>;
