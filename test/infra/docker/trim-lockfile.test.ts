import { describe, expect, it } from 'vitest';
import { type Lockfile, type PackageJson, trimToPackages } from '../../../infra/docker/trim-lockfile.ts';
import wholeLockfile from '../../../package-lock.json' with { type: 'json' };
import packageJson from '../../../package.json' with { type: 'json' };

const project: PackageJson = {
  name: 'p',
  version: '1.0.0',
  dependencies: { a: '1.0.0', b: '2.0.0' },
  optionalDependencies: { o: '3.0.0' },
};
const locked = (packages: Lockfile['packages']): Lockfile => ({
  name: 'p',
  version: '1.0.0',
  lockfileVersion: 3,
  packages: { '': {}, ...packages },
});
const foldersOf = ({ lockfile: { packages } }: ReturnType<typeof trimToPackages>) => Object.keys(packages);

describe('a trimmed lockfile', () => {
  it('holds what is wanted and what that needs, the nearest one each, and nothing else', () => {
    const whole = locked({
      'node_modules/a': { dependencies: { c: '1' } },
      'node_modules/a/node_modules/c': { dependencies: { d: '1' } },
      'node_modules/b': { dependencies: { c: '2' } },
      'node_modules/c': {},
      'node_modules/d': {},
    });
    const a = ['', 'node_modules/a', 'node_modules/a/node_modules/c', 'node_modules/d'];
    expect(foldersOf(trimToPackages(project, whole, ['a']))).toEqual(a);
    const b = ['', 'node_modules/b', 'node_modules/c'];
    expect(foldersOf(trimToPackages(project, whole, ['b']))).toEqual(b);
  });

  it('follows circles once', () => {
    const whole = locked({
      'node_modules/a': { dependencies: { b: '1' } },
      'node_modules/b': { dependencies: { a: '1' } },
    });
    expect(foldersOf(trimToPackages(project, whole, ['a']))).toHaveLength(3);
  });

  it('takes optional and peer packages where they are, and does without where they are not', () => {
    const whole = locked({
      'node_modules/a': { optionalDependencies: { x: '1', y: '1' }, peerDependencies: { z: '1' } },
      'node_modules/y': {},
    });
    expect(foldersOf(trimToPackages(project, whole, ['a']))).toEqual([
      '',
      'node_modules/a',
      'node_modules/y',
    ]);
  });

  it('must have what was optional once it is wanted', () => {
    const whole = locked({ 'node_modules/o': { optional: true } });
    const { packageJson: trimmed, lockfile } = trimToPackages(project, whole, ['o']);
    expect(trimmed.dependencies).toEqual({ o: '3.0.0' });
    expect(lockfile.packages['node_modules/o']).toEqual({});
  });

  it('is refused for a package that is not declared, or needs one that is not locked', () => {
    const whole = locked({ 'node_modules/a': { dependencies: { c: '1' } } });
    expect(() => trimToPackages(project, whole, ['c'])).toThrow('package.json lacks c');
    expect(() => trimToPackages(project, whole, ['a'])).toThrow('lacks c, which node_modules/a needs');
  });

  it("keeps the project's own versions and hashes", () => {
    const whole = wholeLockfile as Lockfile;
    const { lockfile: trimmed } = trimToPackages(packageJson, whole, ['onnxruntime-node', 'hono']);
    const names = Object.keys(trimmed.packages);
    expect(names).toContain('node_modules/onnxruntime-common');
    expect(names).not.toContain('node_modules/wrangler');
    for (const name of names.slice(1)) expect(trimmed.packages[name]).toEqual(whole.packages[name]);
  });
});
