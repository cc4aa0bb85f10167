import * as turns from './turn-queue.ts';

interface TurnLineOptions {
  /** Milliseconds since 1970. */
  now: () => number;
  /** Called when a turn starts that nobody waits for. */
  onUnawaited: () => void;
}

/**
 * A session's turns with those who wait for them. Whose turn it is, is decided in `turn-queue.ts`; here callers are told, and time
 * passes. All of it is in memory alone.
 */
export class TurnLine {
  readonly #options: TurnLineOptions;
  #queue = turns.EMPTY_QUEUE;
  readonly #callers = new Map<string, (decision: turns.Decision) => void>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(options: TurnLineOptions) {
    this.#options = options;
  }

  /** The turn under way. */
  get current(): turns.Turn | null {
    return this.#queue.current;
  }

  /** How many wait behind it. */
  get waiting(): number {
    return this.#queue.waiting.length;
  }

  /** Waits for a turn. Asked for once more, as after a lost connection, it keeps its place, and both are told. */
  take(turn: turns.Turn): Promise<turns.Decision> {
    return new Promise((resolve) => {
      const lostCall = this.#callers.get(turn.id);
      this.#callers.set(turn.id, (made) => {
        lostCall?.(made);
        resolve(made);
      });
      this.#apply(turns.arrive(this.#queue, turn, this.#options.now()));
    });
  }

  /** Lines up a turn that nobody waits for. @returns what is decided of it at once; null where it has to wait */
  add(turn: turns.Turn): turns.Decision | null {
    const step = turns.arrive(this.#queue, turn, this.#options.now());
    this.#apply(step);
    return step.decisions.find(({ turnId }) => turnId === turn.id) ?? null;
  }

  end(turnId: string, { kept }: { kept: boolean }): void {
    this.#apply(turns.end(this.#queue, turnId, { kept, now: this.#options.now() }));
  }

  /** Gives up a turn: one that is under way, or one that is still waited for. */
  release(turnId: string): void {
    this.#callers.get(turnId)?.({ turnId, outcome: 'closed' });
    this.#callers.delete(turnId);
    this.end(turnId, { kept: false });
  }

  /** There are no more turns. */
  close(): void {
    this.#apply(turns.close(this.#queue));
  }

  #apply({ queue, decisions }: turns.Step): void {
    this.#queue = queue;
    for (const decision of decisions) {
      const caller = this.#callers.get(decision.turnId);
      this.#callers.delete(decision.turnId);
      if (caller !== undefined) caller(decision);
      else if (decision.outcome === 'started') this.#options.onUnawaited();
    }
    clearTimeout(this.#timer);
    const deadline = turns.nextDeadline(queue);
    if (deadline === null) return;
    const wait = Math.max(0, deadline - this.#options.now());
    this.#timer = setTimeout(() => this.#apply(turns.settle(this.#queue, this.#options.now())), wait);
  }
}
