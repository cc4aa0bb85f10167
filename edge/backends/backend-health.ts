/**
 * Whether a backend is asked: a pure state machine, with the clock and the randomness passed in. After repeated failures
 * a backend is ejected, each time for longer; then it is probed, and one that is ready is asked again, on trial: its
 * first failure ejects it anew. Source: Envoy's outlier detection by consecutive errors.
 */
export type BackendHealth =
  | { state: 'healthy'; failuresInARow: number; ejectionsInARow: number }
  | { state: 'ejected'; untilMs: number; ejectionsInARow: number };

/** What a transition depends on besides the state. */
export interface Moment {
  nowMs: number;
  /** In [0, 1). */
  random: number;
}

/** Also after any right answer: an ejected backend is asked only where none is left, and no probe could say more. */
export const HEALTHY: BackendHealth = { state: 'healthy', failuresInARow: 0, ejectionsInARow: 0 };

/** Failures in a row that eject. */
export const EJECTING_FAILURES = 3;
const FIRST_EJECTION_MS = 2_000;
const LONGEST_EJECTION_MS = 60_000;
/** More than the time after which a probe is given up. */
const PROBE_MS = 5_000;
/** Isolates that saw a backend fail together do not probe it together. */
const JITTER = 0.2;

/** A request failed through the backend's own fault. One that fails after the ejection was sent before it. */
export function afterFailure(health: BackendHealth, moment: Moment): BackendHealth {
  if (health.state === 'ejected') return health;
  const failuresInARow = health.failuresInARow + 1;
  if (failuresInARow < EJECTING_FAILURES) return { ...health, failuresInARow };
  return ejected(health.ejectionsInARow + 1, moment);
}

export function isProbeDue(health: BackendHealth, nowMs: number): boolean {
  return health.state === 'ejected' && health.untilMs <= nowMs;
}

/** A probe is under way, and no second one is due before it must be back; one that is lost is sent again. */
export function duringProbe(health: BackendHealth, nowMs: number): BackendHealth {
  return health.state === 'ejected' ? { ...health, untilMs: nowMs + PROBE_MS } : health;
}

export function afterProbe(
  health: BackendHealth,
  { isReady, ...moment }: Moment & { isReady: boolean },
): BackendHealth {
  if (health.state === 'healthy') return health;
  const { ejectionsInARow } = health;
  if (!isReady) return ejected(ejectionsInARow + 1, moment);
  return { state: 'healthy', failuresInARow: EJECTING_FAILURES - 1, ejectionsInARow };
}

function ejected(ejectionsInARow: number, { nowMs, random }: Moment): BackendHealth {
  const lengthMs = Math.min(FIRST_EJECTION_MS * 2 ** (ejectionsInARow - 1), LONGEST_EJECTION_MS);
  const untilMs = nowMs + lengthMs * (1 + JITTER * random);
  return { state: 'ejected', untilMs, ejectionsInARow };
}
