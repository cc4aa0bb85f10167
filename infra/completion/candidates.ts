import type { Command, Option } from 'commander';

/** What may stand where somebody pressed Tab. */
export interface Completion {
  candidates: Candidate[];
  /** Whether names of files may stand there, too. */
  files: boolean;
}

export interface Candidate {
  value: string;
  description: string;
}

/** The models on this machine, as `--model` takes them. */
type KnownModels = () => Promise<string[]>;

/**
 * What may follow on a command line.
 * @param words what stands after the program's name, up to the cursor; the last is what is being typed, perhaps empty
 */
export async function complete(
  program: Command,
  words: readonly string[],
  models: KnownModels,
): Promise<Completion> {
  const typed = words.at(-1) ?? '';
  const place = placeAfter(program, words.slice(0, -1));
  const { command, value } = place;
  if (!place.areOptionsOver) {
    const [, flag, begun] = /^(--[^=]+)=(.*)$/s.exec(typed) ?? [];
    if (flag !== undefined) return completeValue(wantedBy(command, flag), begun!, models);
    if (typed.startsWith('-')) return { candidates: startingWith(typed, optionsOf(command)), files: false };
  }
  if (value !== undefined) return completeValue(value, typed, models);
  if (command.commands.length > 0 && place.passed === 0)
    return { candidates: startingWith(typed, commandsBelow(command)), files: false };
  return completeValue(argumentAt(command, place.passed), typed, models);
}

/** A value that the command line takes somewhere. */
interface Value {
  /** What it is called in the help: "dir" of `--out <dir>`. */
  name: string;
  choices: readonly string[] | undefined;
  isRepeated: boolean;
}

interface Place {
  command: Command;
  /** What the option before wants. */
  value: Value | undefined;
  /** How many of the command's arguments stand before. */
  passed: number;
  areOptionsOver: boolean;
}

function placeAfter(program: Command, words: string[]): Place {
  const start: Place = { command: program, value: undefined, passed: 0, areOptionsOver: false };
  // What stands after "help" is what stands after the program's name elsewhere.
  return (words[0] === 'help' ? words.slice(1) : words).reduce(placeAfterWord, start);
}

function placeAfterWord(place: Place, word: string): Place {
  const { command, value, passed, areOptionsOver } = place;
  if (!areOptionsOver && word === '--') return { ...place, value: undefined, areOptionsOver: true };
  if (!areOptionsOver && /^-./.test(word))
    return { ...place, value: word.includes('=') ? undefined : wantedBy(command, word) };
  if (value !== undefined) return value.isRepeated ? place : { ...place, value: undefined };
  const below = passed === 0 ? command.commands.find((each) => each.name() === word) : undefined;
  return below === undefined ? { ...place, passed: passed + 1 } : { ...place, command: below };
}

/** What an option wants to know, if anything. */
function wantedBy(command: Command, flag: string): Value | undefined {
  const option = command.options.find(({ long, short }) => flag === long || flag === short);
  if (option === undefined || !(option.required || option.optional)) return undefined;
  const [, name = ''] = /[<[]([^>\].]+)/.exec(option.flags) ?? [];
  return { name, choices: option.argChoices, isRepeated: option.variadic };
}

function argumentAt({ registeredArguments }: Command, index: number): Value | undefined {
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[index] ?? (last?.variadic ? last : undefined);
  if (argument === undefined) return undefined;
  return { name: argument.name(), choices: argument.argChoices, isRepeated: argument.variadic };
}

const FILES = new Set(['model', 'checkpoint', 'dir', 'file', 'name=file']);

async function completeValue(
  value: Value | undefined,
  typed: string,
  models: KnownModels,
): Promise<Completion> {
  if (value === undefined) return { candidates: [], files: false };
  const isModel = value.name === 'model' || value.name === 'checkpoint';
  const words = value.choices ?? (isModel ? await models() : []);
  const candidates = words.map((word) => ({ value: word, description: '' }));
  return { candidates: startingWith(typed, candidates), files: FILES.has(value.name) };
}

function commandsBelow(command: Command): Candidate[] {
  const shown = command.createHelp().visibleCommands(command);
  return shown.map((each) => ({ value: each.name(), description: each.description() }));
}

function optionsOf(command: Command): Candidate[] {
  const shown: Option[] = command.createHelp().visibleOptions(command);
  return shown.map(({ long, description }) => ({ value: long!, description }));
}

function startingWith(typed: string, candidates: Candidate[]): Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(typed));
}
