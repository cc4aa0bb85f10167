import { basename, join } from 'node:path';
import { Command } from 'commander';
import { sha256OfFile } from '../../../gpu-backend/compiler/hash-file.ts';
import type { Manifest } from '../../../gpu-backend/compiler/manifest.ts';
import type { Snapshot } from '../../hub/cache.ts';
import { damagedFiles } from '../../hub/verify.ts';
import type { KeptModel } from '../../local/compiled-models.ts';
import { modelPlaces } from '../../local/model-places.ts';
import { modelsNamedOrIn } from '../../local/named-models.ts';
import { withJson } from '../json-option.ts';
import { compiledFacts, pulledFacts } from './facts.ts';
import { parameterCount } from '../../local/parameter-count.ts';
import { untilInterrupted } from '../../terminal/interruption.ts';
import { formatBytes, totalBytes } from '../../terminal/quantities.ts';
import { note, printJson } from '../../terminal/output.ts';
import { UserError } from '../../user-error.ts';

export function infoCommand(): Command {
  const command = new Command('info')
    .description('tell what a model is: shape, parameters, recommended generation, sources, sizes')
    .argument('<model>', "a pulled model's id, a compiled model's name or folder")
    .option('--verify', 'read all files and compare their hashes; fails where one is damaged', false);
  return withJson(command, 'an object with the lists "compiled" and "pulled"')
    .addHelpText(
      'after',
      `
Examples:
  tandem model info facebook/blenderbot-400M-distill
  tandem model info facebook--blenderbot-400M-distill-fp32 --verify
  tandem model info ./my-model --json`,
    )
    .action(info);
}

async function info(name: string, { json, verify }: { json: boolean; verify: boolean }): Promise<void> {
  const { compiled, pulled } = await modelsNamedOrIn(name, modelPlaces());
  if (json) {
    printJson({ compiled: compiled.map(compiledFacts), pulled: pulled.map(pulledFacts) });
  } else {
    const texts = [...compiled.map(describeCompiled), ...pulled.map(describePulled)];
    console.log(texts.join('\n\n'));
  }
  if (!verify) return;
  const { signal } = untilInterrupted();
  const damaged: string[] = [];
  for (const model of compiled) damaged.push(...(await damagedCompiled(model, signal)));
  for (const snapshot of pulled) {
    for (const { name, reason } of await damagedFiles(snapshot, signal))
      damaged.push(`${join(snapshot.directory, name)} ${reason}`);
  }
  if (damaged.length > 0) {
    const [first, ...others] = damaged;
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    throw new UserError(`${first}${more}: remove the model, then pull or build it again.`);
  }
  note('Every file has the hash that it should have.');
}

async function damagedCompiled({ directory, manifest }: KeptModel, signal: AbortSignal): Promise<string[]> {
  if (manifest === undefined) return [`${directory} was built by another version of Tandem`];
  const damaged: string[] = [];
  for (const [name, { sha256 }] of Object.entries(manifest.files)) {
    signal.throwIfAborted();
    const path = join(directory, name);
    const present = await sha256OfFile(path).catch(() => undefined);
    if (present === undefined) damaged.push(`${path} cannot be read`);
    else if (present !== sha256) damaged.push(`${path} has another content`);
  }
  return damaged;
}

function describeCompiled({ directory, manifest, origin, bytes, builtAt }: KeptModel): string {
  const from = origin?.repository && `${origin.repository.id} at ${origin.repository.commit}`;
  return [
    manifest === undefined
      ? `${basename(directory)} (built by another version of Tandem: build it again)`
      : `${basename(directory)} (compiled)`,
    ...(manifest === undefined ? [] : manifestFacts(manifest)),
    ...(from === undefined ? [] : [fact('pulled from', from)]),
    ...(origin === undefined ? [] : [fact('checkpoint', origin.checkpoint)]),
    fact('size', `${formatBytes(bytes)} in ${directory}`),
    fact('built', builtAt.toISOString()),
  ].join('\n');
}

function manifestFacts(manifest: Manifest): string[] {
  return [
    fact('served as', manifest.name),
    fact('family', manifest.modelType),
    fact('precision', manifest.precision),
    fact('parameters', parameterCount(manifest)?.toLocaleString('en') ?? 'unknown'),
    fact('positions', `reads and writes at most ${manifest.maxPositions} tokens`),
    fact('tokens', `${manifest.vocabSize} in the vocabulary; ${pairs(manifest.tokens)}`),
    fact('shape', pairs(manifest.shape)),
    fact('recommended', pairs(manifest.recommendedGeneration)),
    ...fileFacts('source', manifest.sources),
    ...fileFacts('file', manifest.files),
  ];
}

function describePulled({ id, commit, revisions, files, directory, pulledAt }: Snapshot): string {
  const bytes = totalBytes(files);
  return [
    `${id} (pulled)`,
    fact('commit', commit),
    ...(revisions.length === 0 ? [] : [fact('revisions', revisions.join(', '))]),
    ...files.map((file) => fact('file', `${file.name}  ${formatBytes(file.bytes)}`)),
    fact('size', `${formatBytes(bytes)} in ${directory}`),
    fact('pulled', pulledAt.toISOString()),
  ].join('\n');
}

const fact = (name: string, value: string) => `  ${name.padEnd(12)} ${value}`;

const pairs = (values: Record<string, unknown>) =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(', ');

const fileFacts = (kind: string, files: Manifest['files']) =>
  Object.entries(files).map(([name, { bytes, sha256 }]) =>
    fact(kind, `${name}  ${formatBytes(bytes)}  sha256 ${sha256}`),
  );
