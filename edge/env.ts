import * as z from 'zod';
import type { BackendEndpoint } from './backends/backend-server.ts';
import { backendsVariable, backendUrl, readEndpoints } from './backends/endpoints.ts';

/** What wrangler.toml, or `wrangler secret put`, gives the worker. Variables may come as text. */
interface Bindings {
  SESSIONS: KVNamespace;
  RATE_LIMITER: RateLimit;
  DEVELOPMENT_MODE?: string;
  MODEL_NAME: string;
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
  /** The model's name, to the public and to the backend. */
  modelName: string;
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

const varsSchema = z.object({
  DEVELOPMENT_MODE: z.enum(['true', 'false'], 'must be "true" or "false"').default('false'),
  MODEL_NAME: z.string().regex(/^[\w.-]+$/, 'must be letters, digits, ".", "_" and "-"'),
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
    throw new Error(`The worker's variables are not right (see wrangler.toml). ${problems.join('; ')}.`);
  }
  const vars = parsed.data;
  return {
    developmentMode: vars.DEVELOPMENT_MODE === 'true',
    modelName: vars.MODEL_NAME,
    backends: { endpoints: readEndpoints(vars, env), timeoutMs: vars.BACKEND_TIMEOUT_MS },
    sessionTtlSeconds: vars.SESSION_TTL_SECONDS,
    maxMessageChars: vars.MAX_MESSAGE_CHARS,
    maxNumBeams: vars.MAX_NUM_BEAMS,
  };
}
