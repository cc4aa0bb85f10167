import { Hono } from 'hono';
import { version } from '../../package.json';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import { publicCandidate } from './health.ts';

/** A key that nobody has: what is asked is whether there is an answer. */
const NOBODY = 'key_000000000000';

/** What `tandem doctor` asks: whether everything that the worker stands on answers, and which secrets it has. */
export function adminDiagnosticsRoutes(dependencies: AppDependencies) {
  const { settings, now, keyNamespace, sessionNamespace, keyObject, inboundQueue, candidate } = dependencies;
  const probes: [name: string, kind: string, ask: () => Promise<unknown>][] = [
    ['SESSIONS', 'kv', () => sessionNamespace.get('diagnostics')],
    ['KEYS', 'kv', () => keyNamespace.get('diagnostics')],
    ['API_KEYS', 'durable_object', () => keyObject(NOBODY).read()],
    ['INBOUND_QUEUE', 'queue', () => inboundQueue.metrics()],
  ];

  async function asked([name, kind, ask]: (typeof probes)[number]) {
    const startMs = now();
    const error = await ask().then(
      () => null,
      (cause) => String(cause),
    );
    return { name, kind, ok: error === null, ms: now() - startMs, error };
  }

  return new Hono<AppEnv>().get('/', async (c) =>
    c.json({
      object: 'diagnostics',
      version,
      model: settings.modelName,
      candidate: candidate && (await publicCandidate(candidate)),
      time_ms: now(),
      development_mode: settings.developmentMode,
      // Whether they are there, and nothing of what they are.
      secrets: {
        SESSION_TOKEN_SECRET: settings.sessionTokens !== null,
        SEALING_SECRET: settings.sealingSecrets !== null,
        METRICS_TOKEN: settings.metricsToken !== null,
        CHAT_KEY: settings.chatKey !== null,
        TURNSTILE_SECRET: settings.turnstile !== null,
        BACKEND_TOKEN: settings.backends.endpoints.every(({ token }) => token !== null),
      },
      stores: await Promise.all(probes.map(asked)),
    }),
  );
}
