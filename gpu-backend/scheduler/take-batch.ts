/** What batching needs to know of a request. */
export interface Waiting {
  /** At least 1 and at most the largest batch: a request is never split. */
  readonly rowCount: number;
  /** Sequences made side by side for each row (`searchWidth`): one for all rows of a batch. */
  readonly width: number;
  readonly arrivedAtMs: number;
  /** Infinity for a client that waits as long as it takes. */
  readonly deadlineMs: number;
  /** Shares its run with nobody: it was in one that failed. */
  readonly isAlone: boolean;
}

export interface BatchLimits {
  /** Rows in one run. */
  maxBatchSize: number;
  /** How long the oldest request may be held back for others to join it. */
  maxQueueDelayMs: number;
}

export interface Selection<T> {
  /** What to run now, in order of arrival: empty while it pays to wait for more. */
  batch: T[];
  /** Requests that nobody waits for any more. */
  expired: T[];
  /** What goes on waiting, in order of arrival. */
  rest: T[];
  /** When an unfinished batch is to leave as it is; Infinity where nothing waits. */
  lookAgainAtMs: number;
}

/**
 * Chooses the next batch. The oldest request is always in it, so nothing starves: each batch brings a request
 * nearer to the head. Until then later ones may overtake it: those that fit into a batch for which it is too large, and
 * those as wide as a batch that it cannot join. The batch leaves when it is
 * full, when its oldest request has been held back long enough, or when a deadline in it would not outlast the wait.
 * @param waiting in order of arrival
 */
export function takeBatch<T extends Waiting>(
  waiting: readonly T[],
  limits: BatchLimits,
  nowMs: number,
): Selection<T> {
  const expired = waiting.filter((request) => request.deadlineMs <= nowMs);
  const alive = waiting.filter((request) => request.deadlineMs > nowMs);
  const head = alive[0];
  if (head === undefined) return { batch: [], expired, rest: [], lookAgainAtMs: Number.POSITIVE_INFINITY };

  const { batch, isFull } = fill(alive, limits.maxBatchSize);
  const leavesAtMs = head.arrivedAtMs + limits.maxQueueDelayMs;
  const isDue = leavesAtMs <= nowMs || batch.some((request) => request.deadlineMs <= leavesAtMs);
  if (!isFull && !isDue) return { batch: [], expired, rest: alive, lookAgainAtMs: leavesAtMs };

  const taken = new Set(batch);
  const rest = alive.filter((request) => !taken.has(request));
  return { batch, expired, rest, lookAgainAtMs: nowMs };
}

function fill<T extends Waiting>(alive: readonly T[], maxBatchSize: number) {
  const head = alive[0]!;
  if (head.isAlone) return { batch: [head], isFull: true };
  const batch: T[] = [];
  let free = maxBatchSize;
  let isFull = false;
  for (const request of alive) {
    if (request.width !== head.width || request.isAlone) continue;
    if (request.rowCount <= free) {
      batch.push(request);
      free -= request.rowCount;
    } else {
      isFull = true;
    }
  }
  if (batch[0] !== head) throw new Error('A request is larger than the largest batch. This is a bug.');
  return { batch, isFull: isFull || free === 0 };
}

/** The fewest runs that what waits will take. */
export function countBatches(waiting: readonly Waiting[], maxBatchSize: number): number {
  const rowsByWidth = new Map<number, number>();
  for (const { width, rowCount } of waiting) {
    rowsByWidth.set(width, (rowsByWidth.get(width) ?? 0) + rowCount);
  }
  return rowsByWidth.values().reduce((batches, rows) => batches + Math.ceil(rows / maxBatchSize), 0);
}
