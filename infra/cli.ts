import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { chatCommand } from './commands/chat.ts';
import { generateCommand } from './commands/generate.ts';
import { modelCommand } from './commands/model.ts';
import { tokenizeCommand } from './commands/tokenize.ts';
import { upCommand } from './commands/up.ts';
import { UserError } from './user-error.ts';
import { CheckpointError } from '../gpu-backend/compiler/checkpoint/checkpoint-error.ts';

const program = new Command('tandem')
  .description(
    'Serve BlenderBot: an edge worker that handles text and people, a backend that handles token ids.',
  )
  .version(packageJson.version)
  .addCommand(upCommand())
  .addCommand(chatCommand())
  .addCommand(modelCommand())
  .addCommand(generateCommand())
  .addCommand(tokenizeCommand())
  .showHelpAfterError('(--help shows what there is)');

/** Expected failures are one line on standard error; anything else is a bug and keeps its stack. */
function report(error: unknown): void {
  if (error instanceof CommanderError) return;
  if (error instanceof UserError || error instanceof CheckpointError)
    console.error(`tandem: ${error.message}`);
  else console.error(error);
}

// A reader that has had enough (`tandem generate … | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  report(error);
  process.exitCode = 1;
}
