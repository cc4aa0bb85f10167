import { Command } from 'commander';
import { createCommand } from './keys/create.ts';
import { listCommand } from './keys/list.ts';
import { revokeCommand } from './keys/revoke.ts';
import { rotateCommand } from './keys/rotate.ts';
import { updateCommand } from './keys/update.ts';

export function keysCommand(): Command {
  return new Command('keys')
    .description('make and manage the keys of an edge, here or deployed')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(updateCommand())
    .addCommand(rotateCommand())
    .addCommand(revokeCommand())
    .addHelpText(
      'after',
      `
A secret key is for servers and may do everything. A publishable key is for the web pages of its origins: it trades for
session tokens, which live for minutes, and everybody may see it.

The edge of "npm start" is found by itself. For a deployed one give its address by --url and its admin token, the secret that
"tandem deploy" or "wrangler secret put" set there, in the variable ADMIN_TOKEN.`,
    );
}
