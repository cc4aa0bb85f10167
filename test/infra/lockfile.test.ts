import { describe, expect, it } from 'vitest';
import lockfile from '../../package-lock.json' with { type: 'json' };

interface LockedPackage {
  version?: string;
  resolved?: string;
  integrity?: string;
  optionalDependencies?: Record<string, string>;
}

const packages = Object.entries(lockfile.packages as Record<string, LockedPackage>);
const paths = packages.map(([path]) => path);

describe('package-lock.json', () => {
  // npm drops other platforms' packages from it where node_modules exists, and then refuses `npm ci`.
  it("holds every platform's packages", () => {
    const optional = packages.flatMap(([, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies),
    );
    expect(optional.length).toBeGreaterThan(20);
    const missing = optional.filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)));
    expect(missing).toEqual([]);
  });

  it('names no registry and has a hash for every package', () => {
    for (const [path, { resolved, integrity }] of packages) {
      expect(resolved, path).toBeUndefined();
      if (path !== '') expect(integrity, path).toMatch(/^sha512-/);
    }
  });
});
