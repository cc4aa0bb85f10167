import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PROJECT } from '../../infra/paths.ts';
import { releaseNotes, versionOf } from '../../infra/release-notes.ts';

const CHANGELOG = `# Changelog

## [Unreleased]

## [0.2.0] - 2026-12-01

### Added
- Two models side by side.

## [0.1.0] - 2026-11-24
- The first.
`;

it.each([
  ['0.2.0', '### Added\n- Two models side by side.'],
  ['0.1.0', '- The first.'],
])('finds what the changelog says of %s', (version, notes) => {
  expect(releaseNotes(CHANGELOG, version)).toBe(notes);
});

it.each(['Unreleased', '0.2', '0.3.0'])('refuses %j, of which it says nothing', (version) => {
  expect(() => releaseNotes(CHANGELOG, version)).toThrow(/says nothing of/);
});

it('reads the changelog that there is', async () => {
  const changelog = await readFile(join(PROJECT, 'CHANGELOG.md'), 'utf8');
  const versions = [...changelog.matchAll(/^## \[(.+?)\]/gm)].map(([, version]) => version!);
  // Just after a release nothing is unreleased.
  const told = versions.filter(
    (version) => version !== 'Unreleased' || /\[Unreleased\]\s+###/.test(changelog),
  );
  for (const version of told) expect(releaseNotes(changelog, version)).toMatch(/^### /);
  expect(told).not.toEqual([]);
});

it('takes a tag of the version of the package alone', () => {
  expect(versionOf('v0.1.0', '0.1.0')).toBe('0.1.0');
  for (const tag of ['', '0.1.0', 'v0.1', 'v0.1.1'])
    expect(() => versionOf(tag, '0.1.0')).toThrow(/package.json/);
});
