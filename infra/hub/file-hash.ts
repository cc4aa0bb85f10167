import { createHash, type Hash } from 'node:crypto';

/** How the hub names a file's content: large files by their SHA-256, the others as git does. */
export interface FileHash {
  algorithm: 'sha256' | 'git-sha1';
  /** Hexadecimal; also the name of the file's blob in the cache. */
  digest: string;
}

/** The hash that a blob's name in the cache promises; `undefined` for a name of another kind. */
export function hashOfBlobName(name: string): FileHash | undefined {
  if (/^[0-9a-f]{64}$/.test(name)) return { algorithm: 'sha256', digest: name };
  return /^[0-9a-f]{40}$/.test(name) ? { algorithm: 'git-sha1', digest: name } : undefined;
}

/** A running hash of a file of so many bytes: git hashes the size first. */
export function startHash({ algorithm }: FileHash, bytes: number): Hash {
  return algorithm === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${bytes}\0`);
}
