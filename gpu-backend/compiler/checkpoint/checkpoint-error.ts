/** A checkpoint that cannot be compiled. The message is one line that names the file and the cause. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';

  constructor(file: string, cause: string) {
    super(`${file}: ${cause}`);
  }
}
