import { type Command, Option } from 'commander';
import { defined, type LimitOptions, limitsBody, withLimitOptions } from '../keys/choices.ts';
import { collectNamed, type NamedValues } from './values.ts';

export interface IntegrationOptions extends LimitOptions {
  name?: string;
  set?: NamedValues;
  persona?: string[];
  place?: string[];
}

export interface SecretOptions {
  secretFile?: NamedValues;
}

/** Adds what can be chosen for an integration. */
export function withIntegrationOptions(command: Command): Command {
  return withLimitOptions(
    command
      .option('--name <name>', 'what it is for')
      .addOption(
        new Option('--set <name=value>', 'a setting of the channel; repeated').argParser(collectNamed),
      )
      .option('--persona <fact...>', 'facts about the bot: "I like dogs."')
      .option('--place <id...>', 'answers in these channels, groups or chats alone'),
  );
}

/** Adds where secrets come from. */
export function withSecretOptions(command: Command): Command {
  return command.addOption(
    new Option(
      '--secret-file <name=file>',
      'a file with a secret, "-" for standard input; repeated',
    ).argParser(collectNamed),
  );
}

/** What was chosen, as the admin API takes it; nothing of what was not. */
export function integrationBody(options: IntegrationOptions): Record<string, unknown> {
  const { name, set: settings, persona, place: places } = options;
  return defined({ name, settings, persona, places, ...limitsBody(options) });
}
