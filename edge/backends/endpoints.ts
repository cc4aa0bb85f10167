import * as z from 'zod';
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

/** BACKENDS: a list, or the same as JSON, as `--var` and `.dev.vars` give it. */
export const backendsVariable = z.preprocess(
  parseText,
  z
    .array(endpointSchema, 'must be a list of {"url": …}, or that as JSON')
    .min(1, 'must hold at least one backend')
    .max(MOST_BACKENDS, `must hold at most ${MOST_BACKENDS} backends`)
    .optional(),
);

/**
 * The backends of the worker's variables: those of BACKENDS, or else the one of BACKEND_URL. A backend without a name has
 * its place in the list as its name.
 * @param env where the secrets are
 * @param prefix of the names of those that have none
 * @throws {Error} that names what is missing, or used twice
 */
export function readEndpoints(
  vars: {
    BACKENDS?: z.infer<typeof backendsVariable>;
    BACKEND_URL?: string | undefined;
    BACKEND_TOKEN?: string | undefined;
  },
  env: object,
  prefix = '',
): BackendEndpoint[] {
  const listed = vars.BACKENDS ?? (vars.BACKEND_URL ? [{ url: vars.BACKEND_URL, weight: 1 }] : []);
  if (listed.length === 0) throw wrong('BACKEND_URL: must be one http or https address, or set BACKENDS');
  const endpoints = listed.map(
    ({ url, weight, name, token_secret: secret }, index): BackendEndpoint => ({
      name: name ?? `${prefix}${index + 1}`,
      url,
      weight,
      token: secret === undefined ? vars.BACKEND_TOKEN || null : readSecret(env, secret),
    }),
  );
  const names = endpoints.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw wrong(`BACKENDS: two backends have the name "${twice}"`);
  return endpoints;
}

function readSecret(env: object, name: string): string {
  const secret = Object.hasOwn(env, name) ? (env as Record<string, unknown>)[name] : undefined;
  if (typeof secret === 'string' && secret !== '') return secret;
  throw wrong(`BACKENDS: the secret "${name}" is not set`);
}

function wrong(what: string): Error {
  return new Error(`The worker's variables are not right (see wrangler.toml). ${what}.`);
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
