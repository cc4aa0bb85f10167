import { createProgram } from './program.ts';
import { speakJson } from './terminal/output.ts';
import { watchOutput } from './terminal/output-errors.ts';
import { reportError } from './terminal/report-error.ts';

const args = process.argv.slice(2);
const end = args.indexOf('--');
// Before they are parsed: what is wrong with them is said in JSON, too.
if ((end === -1 ? args : args.slice(0, end)).includes('--json')) speakJson();
watchOutput();
try {
  const program = await createProgram(args[0]);
  await program.parseAsync(args, { from: 'user' });
} catch (error) {
  process.exitCode = reportError(error);
}
