import { styleText } from 'node:util';
import { Command, type CommanderError, Help } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { pathOf, withAllBelow } from './terminal/command-tree.ts';
import { UsageError } from './user-error.ts';

/** The commands by heading. Each is loaded when it is wanted: some need the compiler and the runtime, most do not. */
const COMMANDS: Record<string, Record<string, () => Promise<Command>>> = {
  'Serve:': {
    up: async () => (await import('./commands/up.ts')).upCommand(),
    model: async () => (await import('./commands/model.ts')).modelCommand(),
  },
  'Talk:': {
    chat: async () => (await import('./commands/chat.ts')).chatCommand(),
    generate: async () => (await import('./commands/generate.ts')).generateCommand(),
    tokenize: async () => (await import('./commands/tokenize.ts')).tokenizeCommand(),
  },
  'Manage an edge, here or deployed:': {
    keys: async () => (await import('./commands/keys.ts')).keysCommand(),
    sessions: async () => (await import('./commands/sessions.ts')).sessionsCommand(),
    integrations: async () => (await import('./commands/integrations.ts')).integrationsCommand(),
    webhooks: async () => (await import('./commands/webhooks.ts')).webhooksCommand(),
    console: async () => (await import('./commands/console.ts')).consoleCommand(),
    deploy: async () => (await import('./commands/deploy.ts')).deployCommand(),
  },
  'See how it does:': {
    doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
    'smoke-test': async () => (await import('./commands/smoke-test.ts')).smokeTestCommand(),
    bench: async () => (await import('./commands/bench.ts')).benchCommand(),
  },
  'The command line itself:': {
    help: async () => (await import('./commands/help.ts')).helpCommand(createProgram),
    completion: async () => (await import('./commands/completion.ts')).completionCommand(),
  },
  // What the shells ask; no page shows it.
  '': { complete: async () => (await import('./commands/complete.ts')).completeCommand(createProgram) },
};

/**
 * The command line. It throws where commander would end the process: see `reportError`.
 * @param name the command that is meant: it is the only one there then, unless there is none of that name
 */
export async function createProgram(name = ''): Promise<Command> {
  const program = new Command('tandem')
    .description(
      'Serve BlenderBot: an edge worker that handles text and people, a backend that handles token ids.',
    )
    .usage('<command> [options]')
    .version(packageJson.version)
    .helpCommand(false)
    .addHelpText('after', HELP);
  const isOne = Object.values(COMMANDS).some((commands) => Object.hasOwn(commands, name));
  for (const [heading, commands] of Object.entries(COMMANDS)) {
    const wanted = Object.keys(commands).filter((each) => !isOne || each === name);
    const loaded = await Promise.all(wanted.map((each) => commands[each]!()));
    for (const command of loaded)
      program.commandsGroup(heading).addCommand(command, { hidden: heading === '' });
  }
  for (const command of withAllBelow(program)) behave(command);
  return program;
}

const HELP = `
Examples:
  tandem up                                            both tiers on this machine, as "npm start"
  tandem chat                                          talk to it
  tandem model pull facebook/blenderbot-400M-distill   fetch a larger model
  tandem keys create --name shop > shop.key            a key for a server
  tandem bench --clients 1 4                           how fast is it?
  tandem help keys create                              how is a command used?

Environment:
  EDGE_PORT, BACKEND_PORT   ports of "tandem up" (8787, 9000), and where other commands look
  TANDEM_API_KEY            a secret key, for what talks to an edge that is not in development mode
  ADMIN_TOKEN               the token of the edge's owner; for an edge on this machine it is known
  BACKEND_TOKEN             the token of a backend that others start
  TANDEM_HOME               where compiled models, sessions and logs are kept (.tandem in Tandem's folder)
  HF_HOME, HF_TOKEN, …      the hub's: see "tandem help model pull"
  NO_COLOR, FORCE_COLOR     no colours, or colours though it is no terminal

With --json every command writes JSON alone: its result to standard output, as one value or as a line for each where they come one by
one; to standard error lines with a "note", "progress" or an "error" of a "code" and a "message".

Exit codes: 0 done, 1 failed or found something wrong, 2 called wrongly, 130 Ctrl-C (129 and 143: other signals).`;

const PLAIN_HELP = new Help();

/** What is the same for all: how help looks, where it goes, and what a wrong call is. */
function behave(command: Command): void {
  if (command.parent !== null && command.commands.length > 0) command.helpCommand(false);
  const { getOutHelpWidth, getOutHasColors } = command.configureOutput();
  command
    .helpOption('-h, --help', 'show this')
    .configureHelp({
      subcommandTerm: (below) => below.name(),
      // That a flag is off where it is not given goes without saying.
      optionDescription: (option) => PLAIN_HELP.optionDescription(option).replace(/ \(default: false\)$/, ''),
      styleTitle: (text) => coloured('bold', text),
      styleSubcommandTerm: (text) => coloured('cyan', text),
      styleOptionTerm: (text) => coloured('cyan', text),
      styleArgumentTerm: (text) => coloured('cyan', text),
    })
    .configureOutput({
      // A command without its sub-command shows its help, and that is no error: all goes to standard output.
      writeErr: (text) => process.stdout.write(text),
      getErrHelpWidth: getOutHelpWidth!,
      getErrHasColors: getOutHasColors!,
      outputError: () => {},
    })
    .exitOverride((error) => {
      throw error.code.startsWith('commander.help') || error.exitCode === 0
        ? Object.assign(error, { exitCode: 0 })
        : wrongCall(command, error);
    });
}

/** commander takes the colours out again where nobody wants them: off a terminal, or by NO_COLOR. */
function coloured(format: 'bold' | 'cyan', text: string): string {
  return styleText(format, text, { validateStream: false });
}

/** commander's words as one line that names the page that helps. */
function wrongCall(command: Command, { message }: CommanderError): UsageError {
  const said = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  return new UsageError(`${said}${/[.)?]$/.test(said) ? '' : '.'} See "${pathOf(command)} --help".`);
}
