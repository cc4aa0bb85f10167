import type { Command } from 'commander';

export interface JsonOption {
  json: boolean;
}

/** Adds `--json`, with what the command then writes to standard output. */
export function withJson(command: Command, result: string): Command {
  return command.option('--json', `for programs: ${result}`, false);
}
