import { Argument, Command } from 'commander';
import { complete } from '../completion/candidates.ts';
import { type Shell, SHELLS } from '../completion/scripts.ts';
import { formatCompletion, wordsOf } from '../completion/words.ts';
import type { CreateProgram } from './help.ts';

/** What the shells' scripts ask. */
export function completeCommand(createProgram: CreateProgram): Command {
  return new Command('complete')
    .description('answer a shell that completes a command line')
    .addArgument(new Argument('<shell>', 'whose').choices(SHELLS))
    .argument('[words...]', 'what stands after "tandem", up to the cursor')
    .action(async (shell: Shell, given: string[]) => {
      const words = wordsOf(shell, given);
      // Where its name is still being typed, all of them are wanted.
      const program = await createProgram(
        words.length > 1 ? words.find((word) => word !== 'help') : undefined,
      );
      const completion = await complete(program, words, knownModels);
      process.stdout.write(formatCompletion(shell, completion, words.at(-1) ?? ''));
    });
}

async function knownModels(): Promise<string[]> {
  const [{ modelPlaces }, { modelNames }] = await Promise.all([
    import('../local/model-places.ts'),
    import('../local/named-models.ts'),
  ]);
  return modelNames(modelPlaces());
}
