import { Command } from 'commander';
import { addCommand } from './integrations/add.ts';
import { channelsCommand } from './integrations/channels.ts';
import { listCommand } from './integrations/list.ts';
import { removeCommand } from './integrations/remove.ts';
import { rotateCommand } from './integrations/rotate.ts';
import { showCommand } from './integrations/show.ts';
import { testCommand } from './integrations/test.ts';
import { updateCommand } from './integrations/update.ts';

export function integrationsCommand(): Command {
  return new Command('integrations')
    .description('let people talk with an edge in Slack, Telegram and other channels')
    .addCommand(channelsCommand())
    .addCommand(addCommand())
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(updateCommand())
    .addCommand(rotateCommand())
    .addCommand(testCommand())
    .addCommand(removeCommand())
    .addHelpText(
      'after',
      `
"channels" tells what each channel wants to know. Secrets are sealed at the edge and never shown again; none has to stand on the
command line.

The edge of "npm start" is found by itself. For a deployed one give its address by --url and its admin token in the variable
ADMIN_TOKEN.`,
    );
}
