/** What decides who comes first. */
export interface Placed {
  /** 1 is the highest; Infinity for a request that has none. */
  readonly priority: number;
  /** Its place among tenants (`FairShare`). */
  readonly startTag: number;
  /** How many batches had left the queue when it came. */
  readonly arrivedAtBatch: number;
}

/**
 * A request that so many batches have overtaken goes before all others. So a request starves behind no flood of
 * higher priority, of other tenants or of another number of beams: with n requests before it in the queue, it is in one of
 * the next MAX_OVERTAKING + n batches.
 */
export const MAX_OVERTAKING = 16;

/**
 * The order in which requests may go: overtaken too often, then by priority, then the tenant that had least, then by
 * arrival.
 * @param waiting in order of arrival
 */
export function inOrder<T extends Placed>(waiting: readonly T[], batchesTaken: number): T[] {
  const overtaken = waiting.filter((request) => isOvertaken(request, batchesTaken));
  const others = waiting.filter((request) => !isOvertaken(request, batchesTaken));
  return [...overtaken, ...others.sort(comparePlaces)];
}

/** Whether one that waits goes before one that comes now. */
export function goesBefore(waiting: Placed, newcomer: Placed, batchesTaken: number): boolean {
  return isOvertaken(waiting, batchesTaken) || comparePlaces(waiting, newcomer) <= 0;
}

function isOvertaken({ arrivedAtBatch }: Placed, batchesTaken: number): boolean {
  return batchesTaken - arrivedAtBatch >= MAX_OVERTAKING;
}

/** Negative where `a` goes first; 0 leaves it to the order of arrival. */
function comparePlaces(a: Placed, b: Placed): number {
  // Not a difference: two that have no priority would give Infinity − Infinity.
  if (a.priority !== b.priority) return a.priority < b.priority ? -1 : 1;
  return a.startTag - b.startTag;
}
