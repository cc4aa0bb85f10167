import type { Delivery } from './delivery.ts';

export interface DeliveryFilter {
  status: Delivery['status'] | null;
  /** The id that the page before ended with. */
  after: string | null;
  limit: number;
}

const PAGE = 100;

/**
 * The deliveries of one object, in its SQLite: a row each, found by its id, in the order of the events, and by when there is
 * something to do with it.
 */
export class DeliveryStore {
  readonly #storage: DurableObjectStorage;
  #isReady = false;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Keeps a delivery unless its event is known: an event that is told twice is delivered once. */
  add(delivery: Delivery): void {
    const { id, status, wakeAt, text } = row(delivery);
    this.#run('INSERT OR IGNORE INTO deliveries VALUES (?, ?, ?, ?)', id, status, wakeAt, text);
  }

  /** Nothing comes of one that was erased meanwhile. */
  update(delivery: Delivery): void {
    const { id, status, wakeAt, text } = row(delivery);
    this.#run(
      'UPDATE deliveries SET status = ?, wake_at = ?, delivery = ? WHERE id = ?',
      status,
      wakeAt,
      text,
      id,
    );
  }

  read(id: string): Delivery | null {
    return this.#select('WHERE id = ?', id)[0] ?? null;
  }

  /** Newest first. */
  list({ status, after, limit }: DeliveryFilter): Delivery[] {
    return this.#select(
      'WHERE (?1 IS NULL OR status = ?1) AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3',
      ...[status, after, limit],
    );
  }

  /** Those to be attempted by now, the longest due first. */
  due(now: number, limit: number): Delivery[] {
    return this.#select("WHERE wake_at <= ? AND status = 'pending' ORDER BY wake_at LIMIT ?", now, limit);
  }

  /** A few at a time: all of them may be more than fit into memory. Each may be changed meanwhile. */
  *all(status: Delivery['status']): Generator<Delivery> {
    for (let after = ''; ; ) {
      const page = this.#select('WHERE status = ? AND id > ? ORDER BY id LIMIT ?', status, after, PAGE);
      yield* page;
      if (page.length < PAGE) return;
      after = page.at(-1)!.event.id;
    }
  }

  /** Those that have ended, and whose time to be looked at is over. */
  forgetEnded(now: number): void {
    this.#run("DELETE FROM deliveries WHERE wake_at <= ? AND status <> 'pending'", now);
  }

  /** When there is something to do next; null where nothing is kept. */
  nextWake(): number | null {
    const [next] = this.#run('SELECT min(wake_at) AS wake_at FROM deliveries').toArray();
    return (next?.['wake_at'] as number | null | undefined) ?? null;
  }

  async erase(): Promise<void> {
    this.#isReady = false;
    await this.#storage.deleteAll();
  }

  #select(clause: string, ...values: (string | number | null)[]): Delivery[] {
    const rows = this.#run(`SELECT delivery FROM deliveries ${clause}`, ...values).toArray();
    return rows.map(({ delivery }) => JSON.parse(delivery as string));
  }

  #run(statement: string, ...values: (string | number | null)[]) {
    if (!this.#isReady) this.#prepare();
    return this.#storage.sql.exec(statement, ...values);
  }

  #prepare(): void {
    this.#isReady = true;
    // Without row ids, the rows are their own index by id: one less to write for each.
    this.#storage.sql.exec(
      `CREATE TABLE IF NOT EXISTS deliveries
         (id TEXT PRIMARY KEY, status TEXT NOT NULL, wake_at INTEGER NOT NULL, delivery TEXT NOT NULL) WITHOUT ROWID;
       CREATE INDEX IF NOT EXISTS deliveries_by_wake ON deliveries (wake_at);`,
    );
  }
}

function row(delivery: Delivery) {
  const { event, status, wakeAt } = delivery;
  return { id: event.id, status, wakeAt, text: JSON.stringify(delivery) };
}
