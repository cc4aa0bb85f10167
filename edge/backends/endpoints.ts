import * as z from 'zod';
import { wrongVariables } from '../wrong-variables.ts';
import type { BackendEndpoint } from './backend-server.ts';

/** An http or https address, without the slash at its end. */
export const backendUrl = z
  .url({ protocol: /^https?$/, error: 'must be one http or https address' })
  .transform((url) => url.replace(/\/+$/, ''));

const MOST_BACKENDS = 100;

const endpointSchema = z.strictObject({
  url: backendUrl,
  weight: z.number().positive().max(1_000).default(1),
  name: z
    .string()
    .regex(/^[\w.-]{1,40}$/, 'must be letters, digits, ".", "_" and "-", 40 at most')
    .optional(),
  /** The name of the secret that holds its bearer token, where that is not BACKEND_TOKEN. */
  token_secret: z.string().optional(),
});

/** BACKENDS or CANDIDATE_BACKENDS: a list, or the same as JSON, as `--var` and `.dev.vars` give it. */
export const backendsVariable = z.preprocess(
  parseText,
  z
    .array(endpointSchema, 'must be a list of {"url": …}, or that as JSON')
    .min(1, 'must hold at least one backend')
    .max(MOST_BACKENDS, `must hold at most ${MOST_BACKENDS} backends`)
    .optional(),
);

interface Variables {
  BACKENDS?: ListedBackend[] | undefined;
  BACKEND_URL?: string | undefined;
  BACKEND_TOKEN?: string | undefined;
  CANDIDATE_BACKENDS?: ListedBackend[] | undefined;
}

type ListedBackend = z.infer<typeof endpointSchema>;

/**
 * The first model's backends: those of BACKENDS, or else the one of BACKEND_URL. A backend without a name has its place in the
 * list as its name.
 * @param env where the secrets are
 * @throws {Error} that names what is missing, or used twice
 */
export function readBackends(vars: Variables, env: object): BackendEndpoint[] {
  const listed = vars.BACKENDS ?? (vars.BACKEND_URL ? [{ url: vars.BACKEND_URL, weight: 1 }] : []);
  if (listed.length === 0)
    throw wrongVariables('BACKEND_URL: must be one http or https address, or set BACKENDS');
  return readList(listed, { variable: 'BACKENDS', prefix: '', vars, env });
}

/**
 * Those of CANDIDATE_BACKENDS; null where it is not set.
 * @param env where the secrets are
 * @throws {Error} that names what is missing, or used twice
 */
export function readCandidateBackends(vars: Variables, env: object): BackendEndpoint[] | null {
  const listed = vars.CANDIDATE_BACKENDS;
  if (listed === undefined) return null;
  // The first model's are "1", "2" and so on, and counts and logs tell backends apart by their names alone.
  return readList(listed, { variable: 'CANDIDATE_BACKENDS', prefix: 'candidate-', vars, env });
}

function readList(
  listed: ListedBackend[],
  {
    variable,
    prefix,
    vars,
    env,
  }: { variable: keyof Variables; prefix: string; vars: Variables; env: object },
): BackendEndpoint[] {
  const tokenOf = (secret: string) => {
    const token = Object.hasOwn(env, secret) ? (env as Record<string, unknown>)[secret] : undefined;
    if (typeof token === 'string' && token !== '') return token;
    throw wrongVariables(`${variable}: the secret "${secret}" is not set`);
  };
  const endpoints = listed.map(
    ({ url, weight, name, token_secret: secret }, index): BackendEndpoint => ({
      name: name ?? `${prefix}${index + 1}`,
      url,
      weight,
      token: secret === undefined ? vars.BACKEND_TOKEN || null : tokenOf(secret),
    }),
  );
  const names = endpoints.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw wrongVariables(`${variable}: two backends have the name "${twice}"`);
  return endpoints;
}

function parseText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (value.trim() === '') return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
