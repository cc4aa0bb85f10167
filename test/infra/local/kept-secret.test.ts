import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keptSecret } from '../../../infra/local/kept-secret.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tandem-secret-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('keptSecret', () => {
  it('makes a strong secret once, and reads it back after', async () => {
    const file = join(directory, 'one');
    const secret = await keptSecret(file);
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(await keptSecret(file)).toBe(secret);
    expect(await keptSecret(join(directory, 'another'))).not.toBe(secret);
  });

  it('lets nobody else read it', async () => {
    const file = join(directory, 'private');
    await keptSecret(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('says where there is no room for it', async () => {
    await expect(keptSecret(join(directory, 'none', 'here'))).rejects.toThrow(/ENOENT/);
  });
});
