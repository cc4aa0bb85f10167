import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { CheckpointError } from '../gpu-backend/compiler/checkpoint/checkpoint-error.ts';
import { chatCommand } from './commands/chat.ts';
import { consoleCommand } from './commands/console.ts';
import { doctorCommand } from './commands/doctor.ts';
import { generateCommand } from './commands/generate.ts';
import { integrationsCommand } from './commands/integrations.ts';
import { keysCommand } from './commands/keys.ts';
import { modelCommand } from './commands/model.ts';
import { sessionsCommand } from './commands/sessions.ts';
import { smokeTestCommand } from './commands/smoke-test.ts';
import { tokenizeCommand } from './commands/tokenize.ts';
import { upCommand } from './commands/up.ts';
import { webhooksCommand } from './commands/webhooks.ts';
import { Interruption } from './terminal/interruption.ts';
import { watchOutput } from './terminal/output-errors.ts';
import { UserError } from './user-error.ts';

const program = new Command('tandem')
  .description(
    'Serve BlenderBot: an edge worker that handles text and people, a backend that handles token ids.',
  )
  .version(packageJson.version)
  .addCommand(upCommand())
  .addCommand(chatCommand())
  .addCommand(doctorCommand())
  .addCommand(smokeTestCommand())
  .addCommand(keysCommand())
  .addCommand(integrationsCommand())
  .addCommand(sessionsCommand())
  .addCommand(consoleCommand())
  .addCommand(webhooksCommand())
  .addCommand(modelCommand())
  .addCommand(generateCommand())
  .addCommand(tokenizeCommand())
  .showHelpAfterError('(--help shows what there is)');

/** Expected failures are one line on standard error; anything else is a bug and keeps its stack. */
function report(error: unknown): void {
  if (error instanceof Interruption) return;
  if (error instanceof UserError || error instanceof CheckpointError || isFileError(error))
    console.error(`tandem: ${error.message}`);
  else console.error(error);
}

/** The file system's own refusal, which names the call and the path: a full disk, a file where a folder should be. */
function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

watchOutput();
try {
  await program.parseAsync();
} catch (error) {
  report(error);
  process.exitCode = error instanceof Interruption ? error.exitCode : 1;
}
