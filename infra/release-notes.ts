import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { PROJECT } from './paths.ts';

/**
 * What a changelog in the form of keepachangelog.com says of a version, without the heading.
 * @throws {Error} where it says nothing
 */
export function releaseNotes(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  const notes = section?.slice(section.indexOf('\n')).trim();
  if (!notes) {
    throw new Error(`CHANGELOG.md says nothing of ${version}: give what is in "Unreleased" that heading.`);
  }
  return notes;
}

/** @throws {Error} where a version's tag is not that of the package */
export function versionOf(tag: string, packageVersion: string): string {
  if (tag === `v${packageVersion}`) return packageVersion;
  throw new Error(`The tag is "${tag}", but package.json says ${packageVersion}: one of the two is wrong.`);
}

if (import.meta.main) {
  try {
    const version = versionOf(process.argv[2] ?? '', packageJson.version);
    console.log(releaseNotes(await readFile(join(PROJECT, 'CHANGELOG.md'), 'utf8'), version));
  } catch (error) {
    console.error(`release:notes: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
