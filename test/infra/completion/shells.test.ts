import { execFile, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SCRIPTS, type Shell } from '../../../infra/completion/scripts.ts';
import { PROJECT } from '../../../infra/paths.ts';
import { temporaryFolder } from '../../gpu-backend/compiler/temporary-folder.ts';
import { runCli } from '../cli.ts';

const run = promisify(execFile);
const isHere = (shell: Shell) => spawnSync(shell, ['-c', 'true']).status === 0;

/** Runs lines in a real shell that has read its script, after `before`, and finds the real `tandem`, in a folder with one file. */
async function inShell(shell: Shell, lines: string[], before = ''): Promise<string[]> {
  const home = await temporaryFolder();
  const [folder, script] = [join(home, 'here'), join(home, 'script')];
  await mkdir(folder);
  await writeFile(join(folder, 'my-model'), '');
  await writeFile(script, SCRIPTS[shell]);
  const environment = {
    PATH: `${join(PROJECT, 'infra')}:${process.env['PATH']}`,
    HOME: home,
    TANDEM_HOME: home,
    HF_HOME: home,
  };
  const { stdout, stderr } = await run(shell, ['-c', [before, `source ${script}`, ...lines].join('\n')], {
    cwd: folder,
    env: environment,
  });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

it('"tandem completion" writes what a shell reads', async () => {
  expect(await runCli(['completion', 'bash'])).toEqual({ code: 0, stdout: SCRIPTS.bash, stderr: '' });
});

describe.runIf(isHere('bash'))('bash', () => {
  const tab = (...words: string[]) =>
    `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _tandem; echo "\${COMPREPLY[*]}"`;

  it('completes commands, options and choices, and runs nothing of what is typed', async () => {
    const typed = [
      tab('tandem', 'keys', 're'),
      tab('tandem', 'keys', 'create', '--safety', '=', 'o'),
      tab('tandem', 'keys', 'list', '$(touch ran)', '--u'),
      'compgen -f',
      'complete -p tandem',
    ];
    expect(await inShell('bash', typed)).toEqual([
      'revoke',
      'on off',
      '--url',
      'my-model',
      'complete -o default -F _tandem tandem',
    ]);
  });
});

describe.runIf(isHere('zsh'))('zsh', () => {
  it('completes commands and options with their descriptions, and files', async () => {
    // What the completion system of an interactive shell would show.
    const system = `
      compdef() { : }
      compset() { PREFIX=\${PREFIX#*=} }
      _describe() { print -l -- "\${(@P)2}" }
      _files() { print -- FILES }
      tab() { local -a words=("$@"); local CURRENT=$# PREFIX=$words[-1]; _tandem }`;
    const typed = [
      'tab tandem keys re',
      'tab tandem keys create --safety=o',
      "tab tandem model build --out ''",
    ];
    expect(await inShell('zsh', typed, system)).toEqual([
      'revoke:end a key for good, with its session tokens',
      'on:',
      'off:',
      'FILES',
    ]);
  });
});

describe.runIf(isHere('fish'))('fish', () => {
  it('completes commands and options with their descriptions', async () => {
    const typed = ['tandem keys re', 'tandem keys create --safety=o', 'tandem model build --out my'];
    expect(
      await inShell(
        'fish',
        typed.map((line) => `complete -C '${line}'`),
      ),
    ).toEqual([
      'revoke\tend a key for good, with its session tokens',
      '--safety=off',
      '--safety=on',
      'my-model',
    ]);
  });
});
