import { Command } from 'commander';
import {
  createCommand,
  deleteCommand,
  rotateCommand,
  switchCommand,
  testCommand,
} from './webhooks/change.ts';
import { deliveriesCommand, listCommand, replayCommand } from './webhooks/look.ts';

export function webhooksCommand(): Command {
  return new Command('webhooks')
    .description('tell other servers what happens in the sessions of a key')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(testCommand())
    .addCommand(deliveriesCommand())
    .addCommand(replayCommand())
    .addCommand(rotateCommand())
    .addCommand(switchCommand('enable'))
    .addCommand(switchCommand('disable'))
    .addCommand(deleteCommand())
    .addHelpText(
      'after',
      `
Without --key they are those of development mode, in which "npm start" runs. For a deployed edge give its address by --url and its
admin token, the secret that "tandem deploy" or "wrangler secret put" set there, in the variable ADMIN_TOKEN.`,
    );
}
