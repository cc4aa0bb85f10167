import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { servableModel } from '../../infra/local/compiled-model.ts';
import { startLocalTandem } from '../../infra/local/tandem.ts';
import { EMBEDDED_CHECKPOINT } from '../../infra/paths.ts';
import { freePort } from './free-port.ts';

const ADMIN_TOKEN = 'the-admin-token-of-the-client-suites-0123456789';

/** Quotas by the admin API's names. */
type Limits = Record<string, { limit: number; window_seconds: number }>;

export type ServedApi = Awaited<ReturnType<typeof serveApi>>;

/** Both tiers as processes of their own with the embedded model, as they are deployed: who comes needs a key. */
export async function serveApi() {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'tandem-clients-'));
  const tandem = await startLocalTandem({
    model: await servableModel(EMBEDDED_CHECKPOINT, {
      modelsDirectory: join(stateDirectory, 'models'),
      hubCache: join(stateDirectory, 'hub'),
      log: () => {},
    }),
    edgePort: await freePort(),
    backendPort: await freePort(),
    stateDirectory,
    verbose: false,
    signal: new AbortController().signal,
    edgeVariables: { DEVELOPMENT_MODE: 'false', ADMIN_TOKEN },
  });
  return {
    url: tandem.edgeUrl,
    backend: tandem.backend,
    /** A secret key. */
    async createKey(limits: Limits = {}): Promise<string> {
      const response = await fetch(`${tandem.edgeUrl}/admin/v1/keys`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ kind: 'secret', limits }),
      });
      const body = (await response.json()) as { key?: string };
      if (body.key === undefined) throw new Error(`No key was made: ${JSON.stringify(body)}`);
      return body.key;
    },
    async stop() {
      await tandem.stop();
      await rm(stateDirectory, { recursive: true, force: true });
    },
  };
}
