import { describe, expect, it } from 'vitest';
import { createSession } from '../../../edge/session/session.ts';
import type { TurnRecord } from '../../../edge/session/turn-record.ts';
import {
  ANSWER_AGAIN_MS,
  type Held,
  QUIET_MS,
  upkeep,
  WRITE_DELAY_MS,
} from '../../../edge/session/upkeep.ts';

const HOUR = 3_600_000;
const T = 100 * HOUR;
const session = createSession({ keyId: null, persona: [], metadata: {}, ttlSeconds: 600, now: T / 1_000 });
const held = (fields: Partial<Held> = {}): Held => ({
  session,
  revision: 1,
  changedAt: T,
  unwrittenSince: null,
  ...fields,
});

function at(
  now: number,
  options: {
    held?: Partial<Held>;
    expiries?: number[];
    status?: TurnRecord['status'];
    failures?: number;
    untoldAt?: number;
    expiryAt?: number;
  } = {},
) {
  const { status = 'completed' } = options;
  const remembered = (options.expiries ?? []).map((expiresAt) => ({ expiresAt, status }));
  return upkeep({
    held: held(options.held),
    remembered,
    failures: { count: options.failures ?? 0, lastAt: T },
    untoldAt: options.untoldAt ?? null,
    expiryAt: options.expiryAt ?? null,
    now,
  });
}

describe('the upkeep of a session', () => {
  it('writes a while after the first change, so that several are written together', () => {
    const changed = { unwrittenSince: T, changedAt: T + WRITE_DELAY_MS - 1 };
    expect(at(T, { held: changed })).toMatchObject({ write: false, wakeAt: T + WRITE_DELAY_MS });
    expect(at(T + WRITE_DELAY_MS, { held: changed })).toMatchObject({ write: true, forget: false });
  });

  it('erases at once', () => {
    expect(at(T, { held: { session: null, unwrittenSince: T } })).toMatchObject({
      write: true,
      forget: false,
    });
  });

  it.each([
    [1, 2_000],
    [2, 4_000],
    [5, 32_000],
    [20, 600_000],
  ])('tries again what was refused %i times after %i ms', (failures, ms) => {
    const changed = { unwrittenSince: T - HOUR };
    expect(at(T + ms - 1, { held: changed, failures })).toMatchObject({ write: false, wakeAt: T + ms });
    expect(at(T + ms, { held: changed, failures })).toMatchObject({ write: true });
  });

  it('forgets what KV has when no copy of it can be stale any more', () => {
    expect(at(T + QUIET_MS - 1)).toEqual({ write: false, forget: false, wakeAt: T + QUIET_MS });
    expect(at(T + QUIET_MS)).toMatchObject({ forget: true });
  });

  it('keeps the mark of a deletion as long', () => {
    const deleted = { session: null };
    expect(at(T + QUIET_MS - 1, { held: deleted })).toMatchObject({ forget: false, wakeAt: T + QUIET_MS });
    expect(at(T + QUIET_MS, { held: deleted })).toMatchObject({ forget: true });
  });

  it('never forgets what KV does not have', () => {
    expect(at(T + 1_000 * HOUR, { held: { unwrittenSince: T } }).forget).toBe(false);
    expect(at(T + 1_000 * HOUR, { held: { unwrittenSince: T }, failures: 9 }).forget).toBe(false);
  });

  it('looks again soon at turns that are yet to be answered', () => {
    const expiries = [T + 24 * HOUR];
    expect(at(T + 5, { expiries, status: 'queued' }).wakeAt).toBe(T + 5 + ANSWER_AGAIN_MS);
    expect(at(T + 5, { expiries, status: 'failed' }).wakeAt).toBeGreaterThan(T + HOUR);
  });

  it('keeps what it remembers of turns until each has expired, and sweeps once an hour', () => {
    const expiries = [T + 24 * HOUR + 5, T + 23 * HOUR + 5, T + 23 * HOUR + 6];
    expect(at(T + 2 * HOUR, { expiries })).toEqual({ write: false, forget: false, wakeAt: T + 24 * HOUR });
    expect(at(T + 24 * HOUR, { expiries: expiries.slice(0, 1) })).toEqual({
      ...{ write: false, forget: false },
      wakeAt: T + 24 * HOUR + 5,
    });
    expect(at(T + 24 * HOUR + 5, { expiries: expiries.slice(0, 1) })).toMatchObject({ forget: true });
  });
});
