import { UserError } from '../user-error.ts';

/** A failure of the network or the hub that another attempt may not meet; the message is for when none helped. */
export class TransientError extends UserError {
  /** How long the hub asks to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}
