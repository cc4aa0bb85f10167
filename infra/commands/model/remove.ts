import { basename } from 'node:path';
import { Command } from 'commander';
import { ModelCache } from '../../hub/cache.ts';
import { parseModelReference } from '../../hub/model-reference.ts';
import { lockFile, withLock } from '../../hub/pull-lock.ts';
import { removePulled } from '../../hub/remove-pulled.ts';
import { removeCompiled } from '../../local/compiled-models.ts';
import { modelPlaces } from '../../local/model-places.ts';
import { modelsNamed, unknownModel } from '../../local/named-models.ts';
import { confirm } from '../../terminal/ask.ts';
import { note, printJson } from '../../terminal/output.ts';
import { formatBytes, totalBytes } from '../../terminal/quantities.ts';
import { UserError } from '../../user-error.ts';
import { type JsonOption, withJson } from '../json-option.ts';

export function removeCommand(): Command {
  const command = new Command('remove')
    .description('delete a compiled model; with --pulled also what was pulled')
    .argument('<model>', 'a name of "tandem model list"')
    .option(
      '--pulled',
      "also delete all of the model's files in the hub's cache, which other programs use too",
      false,
    )
    .option('--yes', 'do not ask', false);
  return withJson(command, 'the list "removed", each with its "bytes"; needs --yes')
    .addHelpText(
      'after',
      `
Nothing is deleted that Tandem or the hub's programs did not make.
Examples:
  tandem model remove facebook--blenderbot-400M-distill-fp32
  tandem model remove facebook/blenderbot-400M-distill --pulled --yes`,
    )
    .action(remove);
}

interface Removal {
  what: string;
  bytes: number;
  perform: () => Promise<void>;
}

async function remove(name: string, options: JsonOption & { pulled: boolean; yes: boolean }): Promise<void> {
  const removals = await plan(name, options.pulled);
  for (const { what, bytes } of removals) note(`${what}: ${formatBytes(bytes)}`);
  if (!options.yes && !(await confirm('Delete?'))) {
    note('Nothing was deleted.');
    return;
  }
  for (const { perform } of removals) await perform();
  if (options.json) printJson({ removed: removals.map(({ what, bytes }) => ({ what, bytes })) });
  else note(`Deleted ${formatBytes(totalBytes(removals))}.`);
}

/** @throws {UserError} where a name means nothing that may be deleted */
async function plan(name: string, withPulled: boolean): Promise<Removal[]> {
  const places = modelPlaces();
  const { compiled } = await modelsNamed(name, places);
  const removals: Removal[] = compiled.map((model) => ({
    what: `compiled ${basename(model.directory)}`,
    bytes: model.bytes,
    perform: () => removeCompiled(model),
  }));
  const reference = parseModelReference(name);
  const cache = reference && new ModelCache(places.hubCache, reference.id);
  // What was cut off is no model yet, and takes room all the same.
  const isPulled = (await cache?.isThere()) ?? false;
  if (withPulled && isPulled) {
    if (reference!.revision !== undefined) {
      throw new UserError(
        `pulled revisions share their files: name ${reference!.id} alone to delete them all.`,
      );
    }
    const what = `pulled ${cache!.directory}`;
    // Not while it is being pulled.
    const removeAlone = () =>
      withLock(lockFile(places.hubCache, reference!.id), reference!.id, () => removePulled(cache!));
    removals.push({ what, bytes: await cache!.bytes(), perform: removeAlone });
  }
  if (removals.length > 0) return removals;
  throw isPulled
    ? new UserError(`${name} is pulled and not compiled: --pulled deletes what was pulled.`)
    : unknownModel(name);
}
