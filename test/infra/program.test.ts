import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../../infra/program.ts';
import { pathOf, withAllBelow } from '../../infra/terminal/command-tree.ts';
import { reportError } from '../../infra/terminal/report-error.ts';
import { runCli } from './cli.ts';

const isShown = (command: Command): boolean =>
  command.parent === null ||
  (command.createHelp().visibleCommands(command.parent).includes(command) && isShown(command.parent));

const all = withAllBelow(await createProgram()).filter(isShown);
/** Whether a command does something, rather than hold those that do. */
const acts = ({ commands, options }: Command) => commands.length === 0 || options.length > 0;

/** Those that do, by how they are called. */
const commands = all
  .filter((command) => command.parent !== null && acts(command))
  .map((command): [string, Command] => [pathOf(command), command]);

function helpOf(command: Command): string {
  let text = '';
  const own = command.configureOutput().writeOut;
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  command.configureOutput({ writeOut: own! });
  return text;
}

/** The lines below "Examples:", each as far as it is a call of tandem. */
function examplesOf(command: Command): string[] {
  const [, below = ''] = /\nExamples?:\n((?: {2}.*\n?)+)/.exec(helpOf(command)) ?? [];
  const parts = below.split('\n').flatMap((line) => line.trim().split(/ {2,}| (?:>|>>|\||#) /));
  return parts.filter((part) => CALL.test(part)).map((part) => part.replace(CALL, 'tandem '));
}

/** Perhaps with variables before it. */
const CALL = /^([A-Z_]+=\S+ )*tandem /;

const wordsOf = (example: string) =>
  [...example.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare!,
  );

describe.each(commands)('%s', (path, command) => {
  it('tells what it does, and what it writes for programs', () => {
    expect(command.description()).toMatch(/^\p{Ll}.*[^.]$/u);
    const json = command.options.find(({ long }) => long === '--json');
    expect(json?.description).toMatch(/^for programs: .{4}/);
    for (const option of command.options) expect(option.description, option.flags).not.toBe('');
    for (const argument of command.registeredArguments)
      expect(argument.description, argument.name()).not.toBe('');
  });

  it('has examples that it takes', async () => {
    const examples = examplesOf(command).filter((example) => example.startsWith(path));
    expect(examples).not.toEqual([]);
    for (const example of examples) {
      const taken = await createProgram(wordsOf(example)[1]);
      const acted: string[] = [];
      for (const each of withAllBelow(taken))
        if (each.parent !== null && acts(each)) each.action(() => void acted.push(pathOf(each)));
      await taken.parseAsync(wordsOf(example).slice(1), { from: 'user' });
      // It may be one of a command below.
      expect(acted, example).toEqual([expect.stringContaining(path)]);
    }
  });
});

describe('all commands', () => {
  it('are found by their names', async () => {
    for (const command of all.filter(({ parent }) => parent?.parent === null))
      expect((await createProgram(command.name())).commands.map((each) => each.name())).toEqual([
        command.name(),
      ]);
  });

  it('mean the same by an option: it takes a value everywhere or nowhere', () => {
    const kinds = new Map<string, Set<string>>();
    for (const { options } of all)
      for (const { long, required, optional, variadic } of options) {
        const kind = `${required || optional ? 'a value' : 'nothing'}${variadic ? ', repeated' : ''}`;
        kinds.set(long!, (kinds.get(long!) ?? new Set()).add(kind));
      }
    expect([...kinds].filter(([, found]) => found.size > 1)).toEqual([]);
  });

  it('ask nothing that no option answers', () => {
    const folder = fileURLToPath(new URL('../../infra/', import.meta.url));
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name): [string, string] => [name, readFileSync(`${folder}${name}`, 'utf8')]);
    const those = (pattern: RegExp) => sources.filter(([, text]) => pattern.test(text)).map(([name]) => name);
    // Whoever asks does so here, where nobody is asked without a terminal or with --json.
    expect(those(/\.question\(/)).toEqual(['terminal/ask.ts']);
    const confirming = those(/[^\w]confirm\(/).filter((name) => name !== 'terminal/ask.ts');
    expect(confirming).not.toEqual([]);
    expect(confirming.filter((name) => !those(/'--yes'/).includes(name))).toEqual([]);
  });
});

/** Runs commands that need no process of their own, as cli.ts does. */
async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => stdout.push(String(text)) > 0);
  vi.spyOn(console, 'log').mockImplementation((text) => void stdout.push(`${text}\n`));
  vi.spyOn(console, 'error').mockImplementation((text) => void stderr.push(`${text}\n`));
  const program = await createProgram(args[0]);
  const code = await program.parseAsync(args, { from: 'user' }).then(() => 0, reportError);
  vi.restoreAllMocks();
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

afterEach(() => vi.restoreAllMocks());

describe('the help', () => {
  it.each<[string[]]>([[[]], [['--help']], [['help']]])(
    'is one page with all commands and variables: tandem %j',
    async (args) => {
      const { code, stdout, stderr } = await run(...args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const command of all.filter(({ parent }) => parent?.parent === null))
        expect(stdout).toMatch(new RegExp(`^  ${command.name()}\\b`, 'm'));
      expect(stdout).toMatch(/^Serve:$/m);
      expect(stdout).toMatch(/^Exit codes: 0 done, 1 failed/m);
      for (const variable of ['EDGE_PORT', 'ADMIN_TOKEN', 'TANDEM_API_KEY', 'TANDEM_HOME', 'NO_COLOR'])
        expect(stdout).toContain(variable);
    },
  );

  it('of a command is there by help, by --help, and for a group without a sub-command', async () => {
    expect(await run('help', 'keys', 'create')).toEqual(await run('keys', 'create', '--help'));
    expect(await run('keys')).toEqual(await run('keys', '--help'));
    expect((await run('keys')).stdout).toMatch(/^Usage: tandem keys/);
    expect((await run('help', 'doctor')).stdout).not.toContain('default: false');
  });
});

describe('a wrong call', () => {
  const wrong: [args: string[], said: RegExp][] = [
    [['nope'], /^tandem: unknown command 'nope'\. See "tandem --help"\.\n$/],
    [['keys', 'lst'], /^tandem: unknown command 'lst' \(Did you mean list\?\) See "tandem keys --help"\.\n$/],
    [
      ['keys', 'list', '--ulr', 'x'],
      /^tandem: unknown option '--ulr' \(Did you mean --url\?\) See "tandem keys list --help"/,
    ],
    [['help', 'keys', 'nope'], /^tandem: "nope" is no command of "tandem keys": there are create, list/],
    [['model', 'info'], /^tandem: missing required argument 'model'\. See "tandem model info --help"/],
    [['keys', 'create', '--requests', 'many'], /A quota is like 60\/minute, 1000\/day, or none\. See/],
    [['keys', 'update', 'key_1'], /^tandem: say what to change/],
    [['up', '--backend', 'triton'], /^tandem: --backend is "triton"/],
    [['chat', '--url', 'edge'], /^tandem: --url is "edge"/],
    [
      ['bench', '--rate', '500'],
      /^tandem: --rate 500 with --timeout-ms 30000 could leave 15000 requests open/,
    ],
    [['bench', '--clients', '1.5'], /It is a whole number from 1 to 500/],
    [['up', '--verbose', '--json'], /--verbose' cannot be used with option '--json/],
    [
      ['webhooks', 'create', 'https://a.example', '--event', 'nope'],
      /'nope' is invalid\. Allowed choices are message\.replied, message\.flagged, session\.created, session\.expired\./,
    ],
  ];
  it.each(wrong)('ends with 2 and one line that says what to do: tandem %j', async (args, said) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(said);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('--json', () => {
  it('leaves standard output empty and says on standard error in JSON what is wrong', async () => {
    const usage = await runCli(['keys', 'lst', '--json']);
    expect({ code: usage.code, stdout: usage.stdout }).toEqual({ code: 2, stdout: '' });
    expect(JSON.parse(usage.stderr)).toEqual({
      error: { code: 'usage', message: expect.stringMatching(/^unknown command 'lst'/) },
    });
    const failed = await runCli(['keys', 'list', '--json', '--url', 'http://127.0.0.1:9'], {
      environment: { ADMIN_TOKEN: 'x'.repeat(32) },
    });
    expect({ code: failed.code, stdout: failed.stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(failed.stderr)).toEqual({
      error: { code: 'failed', message: expect.stringMatching(/^no edge answers/) },
    });
  });

  it('tells a command’s options to programs', async () => {
    const { stdout } = await run('help', 'keys', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'keys',
      commands: expect.arrayContaining([{ name: 'create', description: expect.any(String) }]),
    });
  });
});

describe('colours', () => {
  const help = async (environment: Record<string, string>) => {
    const neither = { NO_COLOR: undefined, FORCE_COLOR: undefined };
    return (await runCli(['keys'], { environment: { ...neither, ...environment } })).stdout;
  };

  it('are for terminals, unless FORCE_COLOR wants them, and never where NO_COLOR is set', async () => {
    const [piped, forced, refused] = await Promise.all([
      help({}),
      help({ FORCE_COLOR: '1' }),
      help({ NO_COLOR: '1' }),
    ]);
    expect(forced).toContain('\u001b[1mUsage:');
    expect(piped).not.toContain('\u001b');
    expect(refused).toBe(piped);
  });
});
