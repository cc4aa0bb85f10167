import type { Backend } from './backends/backend.ts';
import type { ServedModel } from './conversation/reply.ts';
import type { Settings } from './env.ts';
import type { FiguresObject } from './figures/figures-object.ts';
import type { LiveFigures } from './figures/live-figures.ts';
import type { Caller } from './keys/caller.ts';
import type { KeyObject } from './keys/key-object.ts';
import type { KeyReader } from './keys/key-reader.ts';
import type { CheckPerson } from './keys/turnstile.ts';
import type { Charge } from './limits/charge.ts';
import type { Log } from './middleware/request-log.ts';
import type { Candidate } from './models/candidate.ts';
import type { RequestFigures } from './observability/request-figures.ts';
import type { Sealer } from './secrets/sealed.ts';
import type { Sessions } from './session/sessions.ts';
import type { Inbox } from './webhooks/inbound/inbox-calls.ts';
import type { Webhooks } from './webhooks/outbound/webhooks.ts';
import type { FindIntegration } from './webhooks/integrations/find-integration.ts';
import type { RemoteIntegration } from './webhooks/integrations/integration-object.ts';

/** Everything that reaches beyond the worker, so that a test can say what is there. */
export interface AppDependencies {
  settings: Settings;
  /** Of the deployed worker that answers, as Cloudflare names it. */
  versionId: string;
  model: ServedModel;
  backend: Backend;
  /** A second model beside it; null where there is none. */
  candidate: Candidate | null;
  sessions: Sessions;
  /** Where sessions' objects publish them; to list them by. */
  sessionNamespace: KVNamespace;
  keys: KeyReader;
  /** A key's object, by the key's id. */
  keyObject: (id: string) => KeyObject;
  findIntegration: FindIntegration;
  /** An integration's object, by the integration's id. */
  integrationObject: (id: string) => RemoteIntegration;
  /** For other people's secrets; null where none can be kept. */
  sealer: Sealer | null;
  /** Where the objects of keys and integrations publish their records. */
  keyNamespace: KVNamespace;
  /** A conversation's inbox, by its name. */
  inbox: (name: string) => Inbox;
  /** That wakes who answers what channels say; here only to ask whether it is there. */
  inboundQueue: Pick<Queue, 'metrics'>;
  /** To channels' APIs, and to whoever webhooks are sent to. */
  fetch: typeof fetch;
  webhooks: Webhooks;
  /** Null where nobody has to show that they are a person. */
  checkPerson: CheckPerson | null;
  /** Of clients by their address. */
  rateLimiter: RateLimit;
  /** Of secret keys. */
  keyRateLimiter: RateLimit;
  log: Log;
  /** Where requests are counted; null where the worker has no such binding. */
  metrics: AnalyticsEngineDataset | null;
  /** Counts what this isolate does; null where there is nobody to show it to. */
  liveFigures: LiveFigures | null;
  /** The object that all isolates report to. */
  figuresObject: () => Pick<DurableObjectStub<FiguresObject>, 'read' | 'readModels' | 'report' | 'total'>;
  /** Milliseconds since 1970. */
  now: () => number;
  wait: (ms: number) => Promise<unknown>;
  /** Keeps the worker until a promise has settled, past the answer. */
  waitUntil: (promise: Promise<unknown>) => void;
}

/** hono's types for what the middleware adds to a request. */
export interface AppEnv {
  Variables: {
    requestId: string;
    caller: Caller;
    /** Set by a route that has opened a session: the caller's next session token opens it. */
    openedSession?: string;
    /** What the request costs; there on routes that ask the model. */
    charge: Charge;
    /** Whether quotas could not be counted. */
    uncounted?: boolean;
    figures: RequestFigures;
    /** Set by a route whose answer may begin before its work is done: that work. */
    underWay?: Promise<unknown>;
  };
}

/** The clock as the public API and the sessions have it: whole seconds since 1970. */
export function nowSeconds({ now }: Pick<AppDependencies, 'now'>): number {
  return Math.floor(now() / 1_000);
}
