import { styleText } from 'node:util';
import { CommanderError } from 'commander';
import { CheckpointError } from '../../gpu-backend/compiler/checkpoint/checkpoint-error.ts';
import { UsageError, UserError } from '../user-error.ts';
import { Interruption } from './interruption.ts';
import { speaksJson } from './output.ts';

/** What a program sees of a command's end. Besides: 128 and a signal's number where one ended it, as shells have it. */
const EXIT_CODES = { ok: 0, failed: 1, usage: 2 } as const;

/**
 * Says why a command ended, and answers its exit code. Expected failures are one line on standard error; anything else is a bug
 * and keeps its stack.
 */
export function reportError(error: unknown): number {
  // Help and the version are shown: commander's way to end.
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT_CODES.ok;
  if (error instanceof Interruption) {
    if (speaksJson()) writeJson('interrupted', error.message);
    return error.exitCode;
  }
  const isUsage = error instanceof UsageError;
  const isExpected = error instanceof UserError || error instanceof CheckpointError || isFileError(error);
  if (speaksJson()) {
    const message = isExpected ? error.message : String((error as Error)?.stack ?? error);
    writeJson(isUsage ? 'usage' : isExpected ? 'failed' : 'bug', message);
  } else if (isExpected) {
    console.error(`${styleText('red', 'tandem:', { stream: process.stderr })} ${error.message}`);
  } else console.error(error);
  return isUsage ? EXIT_CODES.usage : EXIT_CODES.failed;
}

function writeJson(code: 'usage' | 'failed' | 'interrupted' | 'bug', message: string): void {
  console.error(JSON.stringify({ error: { code, message } }));
}

/** The file system's own refusal, which names the call and the path: a full disk, a file where a folder should be. */
function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}
