import { Argument, Command } from 'commander';
import { SCRIPTS, type Shell, SHELLS } from '../completion/scripts.ts';
import { printJson } from '../terminal/output.ts';
import { type JsonOption, withJson } from './json-option.ts';

export function completionCommand(): Command {
  const command = new Command('completion')
    .description('write what makes a shell complete commands, options and models at Tab')
    .addArgument(new Argument('<shell>', 'whose').choices(SHELLS));
  return withJson(command, 'the "shell" and the "script"')
    .addHelpText(
      'after',
      `
The shell has to find "tandem": from Tandem's folder, ln -s "$PWD/infra/tandem" ~/.local/bin/

Examples:
  tandem completion bash >> ~/.bashrc
  tandem completion zsh > ~/.zsh/completions/_tandem      # a folder of $fpath
  tandem completion fish > ~/.config/fish/completions/tandem.fish`,
    )
    .action((shell: Shell, { json }: JsonOption) => {
      if (json) printJson({ shell, script: SCRIPTS[shell] });
      else process.stdout.write(SCRIPTS[shell]);
    });
}
