/**
 * Start-time fair queueing: tenants that have requests waiting get equal shares of the work, however many requests each
 * sends. A request's tag says how much its tenant will have had when it begins; the lowest goes first.
 * Source: Goyal, Vin and Cheng, "Start-time Fair Queueing" (SIGCOMM 1996).
 */
export class FairShare {
  /** The tag that the queue has come to: whoever comes back begins here and has saved nothing up. */
  #virtualTime = 0;
  /** Where each tenant's next request begins, for tenants that are ahead of the virtual time. */
  readonly #nextTags = new Map<string, number>();

  /** The tag of a request that a tenant sends now. */
  startTag(tenant: string): number {
    return Math.max(this.#virtualTime, this.#nextTags.get(tenant) ?? 0);
  }

  /**
   * A tenant's request with this tag was admitted.
   * @param cost of the request, in any unit
   */
  charge(tenant: string, startTag: number, cost: number): void {
    this.#nextTags.set(tenant, startTag + cost);
  }

  /** A request left without having cost anything. */
  refund(tenant: string, cost: number): void {
    const next = this.#nextTags.get(tenant);
    if (next === undefined) return;
    // Names are the clients' to choose: one that nothing is left of must not stay.
    if (next - cost <= this.#virtualTime) this.#nextTags.delete(tenant);
    else this.#nextTags.set(tenant, next - cost);
  }

  /** A batch was taken whose first request had this tag. */
  advance(startTag: number): void {
    this.#virtualTime = Math.max(this.#virtualTime, startTag);
    for (const [tenant, next] of this.#nextTags) {
      if (next <= this.#virtualTime) this.#nextTags.delete(tenant);
    }
  }

  /** Nobody waits: what somebody had while nobody else wanted it is not held against them. */
  forget(): void {
    this.#nextTags.clear();
  }
}
