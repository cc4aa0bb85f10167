import * as z from 'zod';
import type { BackendEndpoint } from './backends/backend-server.ts';
import { backendsVariable, backendUrl, readBackends, readCandidateBackends } from './backends/endpoints.ts';
import type { FiguresObject } from './figures/figures-object.ts';
import type { ApiKeyObject } from './keys/key-object.ts';
import { parseKey } from './keys/key-text.ts';
import type { SessionTokenSettings } from './keys/session-token.ts';
import type { TurnstileSettings } from './keys/turnstile.ts';
import type { SessionObject } from './session/session-object.ts';
import type { IntegrationObject } from './webhooks/integrations/integration-object.ts';
import type { WakeUp } from './webhooks/inbound/consume.ts';
import type { InboxObject } from './webhooks/inbound/inbox-object.ts';
import type { DeliveriesObject } from './webhooks/outbound/deliveries-object.ts';
import type { WebhooksObject } from './webhooks/outbound/webhooks-object.ts';
import { wrongVariables } from './wrong-variables.ts';

/** What wrangler.toml, or `wrangler secret put`, gives the worker. Variables may come as text. */
interface Bindings {
  SESSIONS: KVNamespace;
  KEYS: KVNamespace;
  API_KEYS: DurableObjectNamespace<ApiKeyObject>;
  INTEGRATIONS: DurableObjectNamespace<IntegrationObject>;
  SESSION_OBJECTS: DurableObjectNamespace<SessionObject>;
  FIGURES: DurableObjectNamespace<FiguresObject>;
  INBOXES: DurableObjectNamespace<InboxObject>;
  INBOUND_QUEUE: Queue<WakeUp>;
  WEBHOOKS: DurableObjectNamespace<WebhooksObject>;
  WEBHOOK_DELIVERIES: DurableObjectNamespace<DeliveriesObject>;
  WEBHOOK_RETRY_SECONDS: string | number[];
  RATE_LIMITER: RateLimit;
  KEY_RATE_LIMITER: RateLimit;
  ADMIN_TOKEN?: string;
  METRICS_TOKEN?: string;
  SESSION_TOKEN_SECRET?: string;
  SEALING_SECRET?: string;
  CHAT_KEY?: string;
  SESSION_TOKEN_TTL_SECONDS: string | number;
  TURNSTILE_SECRET?: string;
  TURNSTILE_URL: string;
  METRICS?: AnalyticsEngineDataset;
  VERSION: WorkerVersionMetadata;
  DEVELOPMENT_MODE?: string;
  MODEL_NAME: string;
  CANDIDATE_MODEL_NAME?: string;
  CANDIDATE_SHARE?: string | number;
  CANDIDATE_BACKENDS?: string | object[];
  BACKEND_URL?: string;
  BACKENDS?: string | object[];
  BACKEND_TOKEN?: string;
  BACKEND_TIMEOUT_MS: string | number;
  SESSION_TTL_SECONDS: string | number;
  MAX_MESSAGE_CHARS: string | number;
  MAX_NUM_BEAMS: string | number;
}

declare global {
  namespace Cloudflare {
    interface Env extends Bindings {}
  }
}

export interface Settings {
  /** Serves without keys, and this machine alone. */
  developmentMode: boolean;
  /** Opens the admin API; without one there is none. */
  adminToken: string | null;
  /** Opens /metrics and nothing else; null where the admin token alone does. */
  metricsToken: string | null;
  /** Null where browsers get no session tokens. */
  sessionTokens: SessionTokenSettings | null;
  /**
   * What other people's secrets are sealed with at rest, newest first: the others, from before a rotation, still open.
   * Null where nothing can be sealed, and so no secrets of others kept.
   */
  sealingSecrets: [string, ...string[]] | null;
  /** The publishable key of the pages' chat and playground; null where they have none. */
  chatKey: string | null;
  /** Null where nobody has to show that they are a person. */
  turnstile: TurnstileSettings | null;
  /** How long after an attempt that failed the next is made; as many attempts as there are numbers. */
  webhookRetrySeconds: number[];
  /** The model's name, to the public and to the backend. */
  modelName: string;
  /** A second model beside it, to be compared with it; null for none. */
  candidate: {
    modelName: string;
    /** Of the new sessions, 0 to 1. */
    share: number;
    /** Its own, or those of the first model. */
    endpoints: BackendEndpoint[];
  } | null;
  backends: {
    endpoints: BackendEndpoint[];
    /** The longest that a reply may take. */
    timeoutMs: number;
  };
  sessionTtlSeconds: number;
  maxMessageChars: number;
  /** Most beams that a request may ask for: the work grows with them. */
  maxNumBeams: number;
}

/** A secret that others are signed or opened with; one that is empty is none. */
const strongSecret = z
  .string()
  .regex(
    /^(\S{32,})?$/,
    'must have 32 characters or more, none of them a space: "openssl rand -hex 32" makes one',
  )
  .transform((text) => text || null)
  .default(null);

/** Several strong secrets with commas between; none where it is empty. */
const sealingSecrets = z
  .string()
  .regex(
    /^([^\s,]{32,}(,[^\s,]{32,})*)?$/,
    'must be one secret of 32 characters or more, or several with commas between, the newest first: "openssl rand -hex 32" makes one',
  )
  .transform((text) => (text === '' ? null : (text.split(',') as [string, ...string[]])))
  .default(null);

const modelName = z.string().regex(/^[\w.-]+$/, 'must be letters, digits, ".", "_" and "-"');

const varsSchema = z.object({
  DEVELOPMENT_MODE: z.enum(['true', 'false'], 'must be "true" or "false"').default('false'),
  ADMIN_TOKEN: strongSecret,
  METRICS_TOKEN: strongSecret,
  SESSION_TOKEN_SECRET: strongSecret,
  SEALING_SECRET: sealingSecrets,
  SESSION_TOKEN_TTL_SECONDS: z.coerce.number().int().min(60).max(86_400),
  CHAT_KEY: z
    .string()
    .refine(
      (text) => text === '' || parseKey(text)?.kind === 'publishable',
      'must be a publishable key, "pk_tandem_…"',
    )
    .transform((text) => text || null)
    .default(null),
  TURNSTILE_SECRET: z.string().optional(),
  TURNSTILE_URL: z.url({ protocol: /^https?$/ }),
  WEBHOOK_RETRY_SECONDS: z
    .union([z.array(z.number()), z.string().transform((text) => text.split(',').map(Number.parseFloat))])
    .pipe(z.array(z.number().min(0).max(604_800)).min(1).max(20)),
  MODEL_NAME: modelName,
  CANDIDATE_MODEL_NAME: z.union([z.literal('').transform(() => undefined), modelName]).optional(),
  CANDIDATE_SHARE: z.coerce.number().min(0).max(1).default(0),
  CANDIDATE_BACKENDS: backendsVariable,
  BACKEND_URL: backendUrl.optional(),
  BACKENDS: backendsVariable,
  BACKEND_TOKEN: z.string().optional(),
  BACKEND_TIMEOUT_MS: z.coerce.number().int().min(100).max(600_000),
  // KV refuses an expiry of less than a minute.
  SESSION_TTL_SECONDS: z.coerce.number().int().min(60),
  MAX_MESSAGE_CHARS: z.coerce.number().int().min(1).max(100_000),
  MAX_NUM_BEAMS: z.coerce.number().int().min(1).max(100),
});

/**
 * Variables as the rest of the worker wants them.
 * @throws {Error} that names every variable that is missing or wrong
 */
export function readSettings(env: object): Settings {
  const parsed = varsSchema.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw wrongVariables(problems.join('; '));
  }
  const vars = parsed.data;
  const endpoints = readBackends(vars, env);
  return {
    developmentMode: vars.DEVELOPMENT_MODE === 'true',
    adminToken: vars.ADMIN_TOKEN,
    metricsToken: vars.METRICS_TOKEN,
    sessionTokens:
      vars.SESSION_TOKEN_SECRET === null
        ? null
        : {
            secret: vars.SESSION_TOKEN_SECRET,
            ttlSeconds: vars.SESSION_TOKEN_TTL_SECONDS,
          },
    sealingSecrets: vars.SEALING_SECRET,
    chatKey: vars.CHAT_KEY,
    turnstile: vars.TURNSTILE_SECRET ? { secret: vars.TURNSTILE_SECRET, url: vars.TURNSTILE_URL } : null,
    webhookRetrySeconds: vars.WEBHOOK_RETRY_SECONDS,
    modelName: vars.MODEL_NAME,
    candidate: readCandidate(vars, { endpoints, env }),
    backends: { endpoints, timeoutMs: vars.BACKEND_TIMEOUT_MS },
    sessionTtlSeconds: vars.SESSION_TTL_SECONDS,
    maxMessageChars: vars.MAX_MESSAGE_CHARS,
    maxNumBeams: vars.MAX_NUM_BEAMS,
  };
}

/** @throws {Error} where both models have one name, or its backends are not right */
function readCandidate(
  vars: z.infer<typeof varsSchema>,
  { endpoints, env }: { endpoints: BackendEndpoint[]; env: object },
): Settings['candidate'] {
  const { CANDIDATE_MODEL_NAME: name, CANDIDATE_SHARE: share } = vars;
  if (name === undefined) return null;
  if (name === vars.MODEL_NAME) {
    const problem = 'is MODEL_NAME too; leave it out, or name another model';
    throw wrongVariables(`CANDIDATE_MODEL_NAME: ${problem}`);
  }
  return { modelName: name, share, endpoints: readCandidateBackends(vars, env) ?? endpoints };
}
