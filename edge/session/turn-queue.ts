/**
 * The order of a session's turns: one is under way, the others wait in the order in which they came. Pure: what
 * happened and the time come in, what is to be done comes out. Times are in milliseconds.
 */
export interface TurnQueue {
  current: StartedTurn | null;
  waiting: Turn[];
  /** How long a turn takes, as the last ones took; null before one has ended with a reply. */
  turnMs: number | null;
}

export interface Turn {
  /** Of this attempt: a repeated request with the same idempotency key is another turn here. */
  id: string;
  /** Turns with the same name are one turn, asked for more than once. */
  name: string;
  /** Tells whether turns with the same name ask for the same. */
  fingerprint: string;
  /** How long the one that it is given to may keep it. */
  leaseMs: number;
  /** When whoever waits for it gives up; null for never. */
  patientUntil: number | null;
}

interface StartedTurn extends Turn {
  startedAt: number;
}

export type Decision = { turnId: string } & (
  | { outcome: 'started' }
  /** A turn with the same name has been kept: its answer is this one's too. */
  | { outcome: 'answered' }
  /** A turn with the same name asks for something else. */
  | { outcome: 'name_taken' }
  | { outcome: 'refused'; retryAfterSeconds: number }
  /** There are no more turns. */
  | { outcome: 'closed' }
);

/** The queue after an event, and what is to be told to whom. */
export interface Step {
  queue: TurnQueue;
  decisions: Decision[];
}

/** Turns that may wait. A person waits for one; more than a few are a mistake, or an attack. */
export const MAX_WAITING = 16;

/**
 * What a turn takes while none has been seen to end. Low: with too little somebody asks once more, and is told what was measured;
 * with too much they wait for nothing.
 */
const GUESSED_TURN_MS = 1_000;
/** What the newest turn counts in the average. */
const NEWEST_SHARE = 0.3;

export const EMPTY_QUEUE: TurnQueue = { current: null, waiting: [], turnMs: null };

/** A turn is asked for. Asked for again (its caller has lost the connection) it keeps its place. */
export function arrive(queue: TurnQueue, turn: Turn, now: number): Step {
  if (queue.current?.id === turn.id) return { queue, decisions: [{ turnId: turn.id, outcome: 'started' }] };
  if (queue.waiting.some(({ id }) => id === turn.id)) return settle(queue, now);

  const settled = settle(queue, now);
  const { current, waiting } = settled.queue;
  const refuse = (decision: Decision): Step => ({ ...settled, decisions: [...settled.decisions, decision] });

  const namesake = [current, ...waiting].find((other) => other?.name === turn.name);
  if (namesake && namesake.fingerprint !== turn.fingerprint)
    return refuse({ turnId: turn.id, outcome: 'name_taken' });
  if (waiting.length >= MAX_WAITING) return refuse(refusal(settled.queue, turn));

  const { queue: next, decisions } = settle({ ...settled.queue, waiting: [...waiting, turn] }, now);
  return { queue: next, decisions: [...settled.decisions, ...decisions] };
}

/**
 * A turn has ended, or its caller has gone. Turns with the same name are answered where it was kept, and otherwise go
 * on waiting to be tried themselves. A turn that the queue does not know, or no longer, is passed over.
 */
export function end(queue: TurnQueue, turnId: string, options: { kept: boolean; now: number }): Step {
  const { kept, now } = options;
  const { current, waiting } = queue;
  if (current?.id !== turnId)
    return settle({ ...queue, waiting: waiting.filter(({ id }) => id !== turnId) }, now);
  if (!kept) return settle({ ...queue, current: null }, now);

  const answered = waiting.filter(({ name }) => name === current.name);
  const tookMs = now - current.startedAt;
  const beforeMs = queue.turnMs ?? tookMs;
  const ended: TurnQueue = {
    current: null,
    waiting: waiting.filter(({ name }) => name !== current.name),
    turnMs: beforeMs + NEWEST_SHARE * (tookMs - beforeMs),
  };
  const { queue: next, decisions } = settle(ended, now);
  return {
    queue: next,
    decisions: [...answered.map(({ id }): Decision => ({ turnId: id, outcome: 'answered' })), ...decisions],
  };
}

/**
 * What time alone changes: who has waited too long is refused, a turn that was kept too long while others wait is
 * taken away, and the next one starts.
 */
export function settle(queue: TurnQueue, now: number): Step {
  const tooLong = queue.waiting.filter((turn) => turn.patientUntil !== null && turn.patientUntil <= now);
  const decisions = tooLong.map((turn) => refusal(queue, turn));
  const waiting = queue.waiting.filter((turn) => !tooLong.includes(turn));

  const lost = queue.current !== null && leaseEnd(queue.current) <= now;
  const [next, ...rest] = waiting;
  if (next === undefined || (queue.current !== null && !lost))
    return { queue: { ...queue, waiting }, decisions };
  decisions.push({ turnId: next.id, outcome: 'started' });
  return { queue: { ...queue, current: { ...next, startedAt: now }, waiting: rest }, decisions };
}

/** The end of all turns: the session has been deleted. */
export function close({ turnMs, waiting }: TurnQueue): Step {
  const decisions = waiting.map(({ id }): Decision => ({ turnId: id, outcome: 'closed' }));
  return { queue: { ...EMPTY_QUEUE, turnMs }, decisions };
}

/** When `settle` will have something to do; null where only an event can bring it. */
export function nextDeadline({ current, waiting }: TurnQueue): number | null {
  if (waiting.length === 0) return null;
  const patience = waiting.map(({ patientUntil }) => patientUntil ?? Infinity);
  return Math.min(current === null ? Infinity : leaseEnd(current), ...patience);
}

function leaseEnd({ startedAt, leaseMs }: StartedTurn): number {
  return startedAt + leaseMs;
}

/** To come back when those before it should have had their turn. */
function refusal({ current, waiting, turnMs }: TurnQueue, turn: Turn): Decision {
  const turns = waiting.length + (current === null ? 0 : 1);
  return {
    turnId: turn.id,
    outcome: 'refused',
    retryAfterSeconds: Math.max(1, Math.ceil((turns * (turnMs ?? GUESSED_TURN_MS)) / 1_000)),
  };
}
