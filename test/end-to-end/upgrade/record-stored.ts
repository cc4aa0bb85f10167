import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { deserialize } from 'node:v8';
import { WRITE_DELAY_MS } from '../../../edge/session/upkeep.ts';
import { freePort } from '../free-port.ts';
import { ADMIN_TOKEN, EdgeCaller, storeSomething } from './edge-caller.ts';
import { checkOut, EARLIER_VERSIONS } from './earlier-version.ts';

/**
 * Writes down what the newest of the earlier versions stores: its edge runs, and what then lies in its stores becomes
 * test/edge/upgrade/stored-COMMIT.json, which all later versions have to read.
 */
const STATE = 'state/v3';
/** That of the tests in workerd. */
const SEALING_SECRET = 'a-secret-that-seals-secrets-in-tests';

const version = EARLIER_VERSIONS.at(-1)!;
const stateDirectory = await mkdtemp(join(tmpdir(), 'tandem-record-'));
const earlier = await checkOut(version);
try {
  const tandem = await earlier.startLocalTandem({
    model: await earlier.servableModel(earlier.checkpoint, {
      modelsDirectory: join(stateDirectory, 'models'),
      hubCache: join(stateDirectory, 'hub'),
      log: console.error,
    }),
    edgePort: await freePort(),
    backendPort: await freePort(),
    stateDirectory,
    verbose: false,
    signal: new AbortController().signal,
    edgeVariables: { ADMIN_TOKEN, SEALING_SECRET },
  });
  const stored = await storeSomething(new EdgeCaller(() => tandem.edgeUrl));
  console.error('Until the session is in KV too …');
  await wait(WRITE_DELAY_MS + 5_000);
  await tandem.stop();
  const recorded = {
    commit: version.commit,
    recordedAt: Date.now(),
    stored,
    objects: {
      API_KEYS: { name: stored.key.id, storage: await storageOf('ApiKeyObject') },
      INTEGRATIONS: { name: stored.integration.id, storage: await storageOf('IntegrationObject') },
      SESSION_OBJECTS: { name: stored.session.id, storage: await storageOf('SessionObject') },
    },
    kv: {
      KEYS: await valuesOf('00000000000000000000000000000001'),
      SESSIONS: await valuesOf('00000000000000000000000000000000'),
    },
  };
  const file = new URL(`../../edge/upgrade/stored-${version.commit.slice(0, 7)}.json`, import.meta.url);
  await writeFile(file, `${JSON.stringify(recorded, null, 2)}\n`);
} finally {
  await earlier.remove();
  await rm(stateDirectory, { recursive: true, force: true });
}

/** The entries of the one object of a class. */
async function storageOf(className: string): Promise<Record<string, unknown>> {
  const folder = join(stateDirectory, STATE, 'do', `tandem-${className}`);
  const files = await databasesIn(folder);
  if (files.length !== 1) throw new Error(`${folder} holds ${files.length} objects, not one.`);
  const rows = rowsOf(join(folder, files[0]!), 'SELECT key, value FROM _cf_KV');
  return Object.fromEntries(rows.map(({ key, value }) => [String(key), deserialize(value as Uint8Array)]));
}

/** Those of objects; what is beside them knows only when they are woken. */
async function databasesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
}

/** The values of a KV namespace, each with what stands beside it. */
async function valuesOf(namespace: string): Promise<Record<string, { value: string; metadata: unknown }>> {
  const folder = join(stateDirectory, STATE, 'kv');
  const indexes = await databasesIn(join(folder, 'miniflare-KVNamespaceObject'));
  const values: Record<string, { value: string; metadata: unknown }> = {};
  for (const index of indexes) {
    const rows = rowsOf(
      join(folder, 'miniflare-KVNamespaceObject', index),
      'SELECT key, blob_id, metadata FROM _mf_entries',
    );
    for (const { key, blob_id, metadata } of rows) {
      const value = await readFile(join(folder, namespace, 'blobs', String(blob_id)), 'utf8').catch(
        () => undefined,
      );
      if (value !== undefined)
        values[String(key)] = { value, metadata: metadata === null ? null : JSON.parse(String(metadata)) };
    }
  }
  return values;
}

function rowsOf(file: string, query: string): Record<string, unknown>[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(query).all() as Record<string, unknown>[];
  } finally {
    database.close();
  }
}
