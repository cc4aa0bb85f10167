/** A checkpoint that cannot be compiled. The message is one line that names the file and the cause. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';

  constructor(file: string, cause: string) {
    super(oneLine(`${file}: ${cause}`));
  }
}

// Causes quote what stands in files, which may be anything.
const LONGEST_MESSAGE = 400;

function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)} …` : line;
}

const SYSTEM_ERRORS: Record<string, string> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EFBIG: 'a file there may not become as large as this',
  EDQUOT: 'the disk quota is used up',
  EBUSY: 'is a mount point; name a folder inside it',
  EISDIR: 'is a folder',
  ENOENT: 'no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'is not a folder, or lies in something that is none',
  ENAMETOOLONG: 'the name is too long',
  EROFS: 'cannot be written to',
};

/**
 * What the operating system refused, as a `CheckpointError` about `file`. Any other error comes back as it is.
 */
export function describeSystemError(file: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined || error instanceof CheckpointError) return error;
  return new CheckpointError(file, SYSTEM_ERRORS[code] ?? (error as Error).message);
}
