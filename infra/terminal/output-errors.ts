import { UserError } from '../user-error.ts';
import { reportError } from './report-error.ts';

let isOutlived = false;

/** For a command whose work goes on though nobody can read its output any more: the terminal is gone, the disk full. */
export function outliveOutput(): void {
  isOutlived = true;
}

/** Ends the program when its output cannot be written: without a word where the reader has had enough (`… | head`). */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (isOutlived) return;
      if (error.code === 'EPIPE') process.exit(0);
      process.exit(reportError(new UserError(`the output cannot be written: ${error.message}`)));
    });
  }
}
