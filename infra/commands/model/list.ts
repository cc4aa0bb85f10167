import { basename } from 'node:path';
import { Command } from 'commander';
import { listPulled, type Snapshot } from '../../hub/cache.ts';
import { type KeptModel, listCompiled } from '../../local/compiled-models.ts';
import { modelPlaces } from '../../local/model-places.ts';
import { note, printJson } from '../../terminal/output.ts';
import { formatBytes, totalBytes } from '../../terminal/quantities.ts';
import { withJson } from '../json-option.ts';
import { pulledFacts } from './facts.ts';
import { formatTable } from '../../terminal/table.ts';

export function listCommand(): Command {
  const command = new Command('list').description(
    'show the models on this machine: pulled ones that are whole, and compiled ones',
  );
  return withJson(command, 'an object with the lists "compiled" and "pulled"')
    .addHelpText(
      'after',
      `
A name in the first column can be given to "npm start -- --model" and "tandem model info", and to "tandem model remove" (with
--pulled where it was pulled). What is outdated can only be removed.
Examples:
  tandem model list
  tandem model list --json`,
    )
    .action(list);
}

async function list({ json }: { json: boolean }): Promise<void> {
  const { modelsDirectory, hubCache } = modelPlaces();
  const compiled = await listCompiled(modelsDirectory);
  const pulled = await listPulled(hubCache);
  if (json) {
    return printJson({ compiled: compiled.map(compiledAsJson), pulled: pulled.map(pulledFacts) });
  }
  if (compiled.length + pulled.length === 0) {
    note('No model is compiled or pulled yet: "tandem model pull --help" shows how.');
    return;
  }
  const rows = [...compiled.map(compiledRow), ...pulled.map(pulledRow)];
  console.log(formatTable(['MODEL', 'KIND', 'REVISION', 'PRECISION', 'SIZE', 'WHEN', 'WHERE'], rows));
}

const minuteOf = (date: Date) => date.toISOString().slice(0, 16).replace('T', ' ');

function compiledRow({ directory, manifest, origin, bytes, builtAt }: KeptModel): string[] {
  const revision = origin?.repository?.commit.slice(0, 12) ?? '-';
  // Another version's build can only be built again, or removed.
  const kind = manifest === undefined ? 'outdated' : 'compiled';
  const row = [basename(directory), kind, revision, manifest?.precision ?? '-'];
  return [...row, formatBytes(bytes), minuteOf(builtAt), directory];
}

function pulledRow({ id, commit, revisions, files, directory, pulledAt }: Snapshot): string[] {
  const revision = [commit.slice(0, 12), ...revisions].join(' ');
  return [id, 'pulled', revision, '-', formatBytes(totalBytes(files)), minuteOf(pulledAt), directory];
}

function compiledAsJson({ directory, manifest, origin, bytes, builtAt }: KeptModel) {
  const { name, modelType: model_type, precision } = manifest ?? {};
  const model = basename(directory);
  return { model, name, model_type, precision, bytes, built_at: builtAt, directory, origin };
}
