import { Command } from 'commander';
import { eraseCommand } from './sessions/erase.ts';
import { exportCommand } from './sessions/export.ts';
import { listCommand } from './sessions/list.ts';
import { showCommand } from './sessions/show.ts';

export function sessionsCommand(): Command {
  return new Command('sessions')
    .description('see, export and erase the sessions of an edge, here or deployed')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(exportCommand())
    .addCommand(eraseCommand())
    .addHelpText(
      'after',
      `
These are other people’s conversations: whoever shows, exports or erases one leaves a line in the edge’s log.

The edge of "npm start" is found by itself. For a deployed one give its address by --url and its admin token, the secret that
"tandem deploy" or "wrangler secret put" set there, in the variable ADMIN_TOKEN.`,
    );
}
