/** What somebody may say to the bot instead of to the model. */
export type Command =
  | { name: 'help' }
  /** Forgets the conversation. */
  | { name: 'reset' }
  /** Tells the persona, or, with facts, changes that of the conversation. */
  | { name: 'persona'; facts: string };

const COMMAND = /^[/!](help|start|reset|persona)(?:\s+(.*))?$/is;

/** A message that is a command: `/reset`, or `!reset` where the channel keeps the slash to itself. Null for any other. */
export function readCommand(text: string): Command | null {
  const [, word, rest = ''] = COMMAND.exec(text.trim()) ?? [];
  switch (word?.toLowerCase()) {
    case undefined:
      return null;
    case 'persona':
      return { name: 'persona', facts: rest.trim() };
    case 'reset':
      return { name: 'reset' };
    default:
      return { name: 'help' };
  }
}

/** What was written behind a channel's own command, `/tandem reset`: its words need no second slash. */
export function spokenCommand(text: string): string {
  const said = text.trim();
  if (said === '') return '/help';
  return /^(help|reset|persona(\s.*)?)$/is.test(said) ? `/${said}` : said;
}

/** For channels that list a bot's commands. */
export const COMMAND_DESCRIPTIONS = [
  { command: 'help', description: 'What I can do' },
  { command: 'persona', description: 'Who I am; with a few facts, somebody else' },
  { command: 'reset', description: 'Forget what we said' },
];
