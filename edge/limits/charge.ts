/** What a request costs: the tokens of its prompts and replies, counted when a reply is there. */
export class Charge {
  /** What was taken from quotas before it ran; 0 where nothing was. */
  reserved = 0;
  #tokens: number | null = null;

  count(tokens: number): void {
    this.#tokens = (this.#tokens ?? 0) + tokens;
  }

  /** Null while nothing has been counted. */
  get tokens(): number | null {
    return this.#tokens;
  }
}
