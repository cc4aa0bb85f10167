/** What a request costs: the tokens of its prompts and replies, counted when a reply is there. */
export class Charge {
  /** What was taken from quotas before it ran; 0 where nothing was. */
  reserved = 0;
  #tokens: number | null = null;
  readonly #reserveMore: (tokens: number) => Promise<void>;

  /** @param reserveMore takes more from quotas, where there are any. @throws {ApiError} rate_limit_exceeded */
  constructor(reserveMore: (tokens: number) => Promise<void> = async () => {}) {
    this.#reserveMore = reserveMore;
  }

  /** To be told before the model is asked, once: what it may cost, all prompts and replies together. @throws as `reserveMore` */
  async expect(tokens: number): Promise<void> {
    const missing = tokens - this.reserved;
    if (missing > 0) await this.#reserveMore(missing);
  }

  count(tokens: number): void {
    this.#tokens = (this.#tokens ?? 0) + tokens;
  }

  /** Null while nothing has been counted. */
  get tokens(): number | null {
    return this.#tokens;
  }
}
