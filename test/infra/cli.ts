import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT } from '../../infra/paths.ts';

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

interface CliOptions {
  input?: string;
  /** Besides this process's own; `undefined` takes a variable away. */
  environment?: Record<string, string | undefined>;
  /** The folder of another copy of the project, whose command line and packages are used. */
  project?: string;
  /** A file descriptor to write to instead. */
  stdout?: number | 'pipe';
}

/** Starts the real command line as a process of its own. */
export function startCli(
  args: string[],
  { input = '', environment = {}, project = PROJECT, stdout = 'pipe' }: CliOptions = {},
): { child: ChildProcess; result: Promise<CliResult> } {
  const child = spawn(process.execPath, [join(project, 'infra/cli.ts'), ...args], {
    cwd: project,
    env: { ...process.env, ...environment },
    stdio: ['pipe', stdout, 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk;
  });
  // A command that fails early does not read its input.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  const result = new Promise<CliResult>((resolve) =>
    child.once('close', (code) => resolve({ code, ...output })),
  );
  return { child, result };
}

/** Runs it to its end. */
export const runCli = (args: string[], options?: CliOptions) => startCli(args, options).result;

/** The parsed lines of a command's standard output. */
export const jsonLines = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
