import { Command } from 'commander';
import { buildCommand } from './model/build.ts';
import { exportCommand } from './model/export.ts';
import { infoCommand } from './model/info.ts';
import { listCommand } from './model/list.ts';
import { pullCommand } from './model/pull.ts';
import { removeCommand } from './model/remove.ts';

export function modelCommand(): Command {
  return new Command('model')
    .description('bring models here and make them ready to serve')
    .addCommand(pullCommand())
    .addCommand(buildCommand())
    .addCommand(exportCommand())
    .addCommand(listCommand())
    .addCommand(infoCommand())
    .addCommand(removeCommand())
    .addHelpText(
      'after',
      `
A model is pulled from the hub, compiled, and served:
  tandem model pull facebook/blenderbot-400M-distill
  npm start -- --model facebook/blenderbot-400M-distill

Pulled models lie in the cache that all programs of the hub share (HF_HUB_CACHE, or HF_HOME, or ~/.cache/huggingface);
compiled ones in TANDEM_HOME/models (.tandem/models in Tandem's folder if it is not set).`,
    );
}
