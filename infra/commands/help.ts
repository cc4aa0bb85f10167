import { Command } from 'commander';
import { pathOf } from '../terminal/command-tree.ts';
import { printJson } from '../terminal/output.ts';
import { UsageError } from '../user-error.ts';
import { type JsonOption, withJson } from './json-option.ts';

/** The program with one command, or with all. */
export type CreateProgram = (name?: string) => Promise<Command>;

export function helpCommand(createProgram: CreateProgram): Command {
  const command = new Command('help')
    .description('show how a command is used')
    .argument('[command...]', 'its name, a sub-command’s after it');
  return withJson(command, 'the command’s arguments, options and sub-commands')
    .addHelpText('after', '\nExamples:\n  tandem help keys create\n  tandem help --json')
    .action(async (names: string[], { json }: JsonOption) => {
      const shown = findCommand(await createProgram(names[0]), names);
      if (json) printJson(commandFacts(shown));
      else shown.outputHelp();
    });
}

/** @throws {UsageError} that names those there are */
function findCommand(program: Command, names: string[]): Command {
  let command = program;
  for (const name of names) {
    const below = command.commands.find((each) => each.name() === name);
    if (below === undefined) throw unknownCommand(command, name);
    command = below;
  }
  return command;
}

function unknownCommand(command: Command, name: string): UsageError {
  const names = shownBelow(command).map((each) => each.name());
  const known = names.length === 0 ? 'it has no sub-commands' : `there are ${names.join(', ')}`;
  return new UsageError(`${JSON.stringify(name)} is no command of "${pathOf(command)}": ${known}.`);
}

function shownBelow(command: Command): Command[] {
  return command.createHelp().visibleCommands(command);
}

/** A command as JSON; those below it by name and description. */
function commandFacts(command: Command) {
  return {
    name: command.name(),
    description: command.description(),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      description: argument.description,
      required: argument.required,
      repeated: argument.variadic,
      choices: argument.argChoices ?? null,
    })),
    options: command.options.map((option) => ({
      flags: option.flags,
      description: option.description,
      required: option.mandatory,
      default: option.defaultValue ?? null,
      choices: option.argChoices ?? null,
    })),
    commands: shownBelow(command).map((each) => ({ name: each.name(), description: each.description() })),
  };
}
