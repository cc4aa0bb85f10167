import * as z from 'zod';
import type { KeyPolicy } from './caller.ts';

/** What is kept of a key: everything but the key itself. */
export interface KeyRecord {
  id: string;
  kind: 'secret' | 'publishable';
  /** For people. */
  name: string;
  /** Newest first. Older ones, from before a rotation, are valid until they expire. */
  digests: KeyDigest[];
  policy: KeyPolicy;
  /** Seconds since 1970, here and below. */
  createdAt: number;
  revokedAt: number | null;
}

interface KeyDigest {
  /** In hexadecimal. */
  sha256: string;
  expiresAt: number | null;
}

// A key that is rotated again and again within the time of its old ones.
const MAX_DIGESTS = 5;

/** A record with a new key; those until now stay valid for `keepOldSeconds`, unless they expire earlier. */
export function rotateKey(
  record: KeyRecord,
  { sha256, now, keepOldSeconds }: { sha256: string; now: number; keepOldSeconds: number },
): KeyRecord {
  const old = record.digests
    .map((digest) => ({ ...digest, expiresAt: Math.min(digest.expiresAt ?? Infinity, now + keepOldSeconds) }))
    .filter(({ expiresAt }) => expiresAt > now);
  return { ...record, digests: [{ sha256, expiresAt: null }, ...old].slice(0, MAX_DIGESTS) };
}

/** A record that no key opens any more, and that still tells who it was. */
export function revokeKey(record: KeyRecord, now: number): KeyRecord {
  return { ...record, digests: [], revokedAt: record.revokedAt ?? now };
}

/** Until when an old key of a rotation is still valid, or null where there is none. */
export function oldKeyValidUntil(digests: KeyDigest[], now: number): number | null {
  const expiries = digests.map(({ expiresAt }) => expiresAt ?? 0).filter((expiry) => expiry > now);
  return expiries.length === 0 ? null : Math.max(...expiries);
}

/**
 * Whether a digest is one of the key's. An absent record is compared with too, and every digest in the same time
 * whatever its first bytes: how long an answer takes says nothing.
 */
export function acceptsDigest(record: KeyRecord | null, sha256: string, now: number): boolean {
  const digests = record === null || record.digests.length === 0 ? [NOBODYS] : record.digests;
  let accepted = false;
  for (const digest of digests) {
    const equal = equalInConstantTime(digest.sha256, sha256);
    accepted ||= equal && now < (digest.expiresAt ?? Infinity);
  }
  return accepted && record !== null;
}

const NOBODYS: KeyDigest = { sha256: '0'.repeat(64), expiresAt: 0 };

/** Of texts in ASCII; how long they are is no secret. */
export function equalInConstantTime(a: string, b: string): boolean {
  const [left, right] = [new TextEncoder().encode(a), new TextEncoder().encode(b)];
  return left.length === right.length && crypto.subtle.timingSafeEqual(left, right);
}

const quotaSchema = z.object({ limit: z.number(), windowSeconds: z.number() });

/** A record as it is stored, in KV and in the key's object. */
const storedSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  kind: z.enum(['secret', 'publishable']),
  name: z.string(),
  digests: z.array(z.object({ sha256: z.string(), expiresAt: z.number().nullable() })),
  policy: z.object({
    safety: z.boolean(),
    origins: z.array(z.string()),
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

export function encodeRecord(record: KeyRecord): string {
  return JSON.stringify({ version: 1, ...record } satisfies z.input<typeof storedSchema>);
}

/** @throws {Error} for a value that this worker cannot have written */
export function decodeRecord(value: string): KeyRecord {
  const { version: _, ...record } = storedSchema.parse(JSON.parse(value));
  return record;
}
