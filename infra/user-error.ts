/** Something that the person at the terminal can put right. The message is one line and says how. */
export class UserError extends Error {
  override readonly name: string = 'UserError';
}

/** A command that was called wrongly: nothing was tried. */
export class UsageError extends UserError {
  override readonly name = 'UsageError';
}
