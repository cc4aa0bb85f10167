import * as z from 'zod';
import { backendsVariable } from '../../edge/backends/endpoints.ts';
import { UserError } from '../user-error.ts';
import { type EdgeConfig, readEdgeConfig } from '../local/edge-config.ts';

export const ENVIRONMENTS = ['staging', 'production'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

const environmentSchema = z.looseObject({
  name: z.string(),
  account_id: z.string().optional(),
  vars: z.record(z.string(), z.unknown()),
  kv_namespaces: z.array(z.looseObject({ binding: z.string(), id: z.string() })),
  durable_objects: z.object({
    bindings: z.array(z.looseObject({ name: z.string(), class_name: z.string() })),
  }),
  queues: z.object({
    producers: z.array(z.looseObject({ binding: z.string(), queue: z.string() })),
    consumers: z.array(z.looseObject({ queue: z.string(), dead_letter_queue: z.string().optional() })),
  }),
  ratelimits: z.array(z.looseObject({ name: z.string(), namespace_id: z.string() })),
  version_metadata: z.object({ binding: z.string() }),
  analytics_engine_datasets: z.array(z.looseObject({ binding: z.string() })).default([]),
  migrations: z.array(z.looseObject({ tag: z.string() })),
  routes: z.array(z.union([z.string(), z.looseObject({ pattern: z.string() })])).default([]),
  workers_dev: z.boolean().optional(),
});

/** An environment as wrangler.toml has it. */
export type Environment = EdgeConfig & z.infer<typeof environmentSchema>;

/** @param variables in the place of wrangler.toml's */
export async function readEnvironment(name: EnvironmentName, variables: object): Promise<Environment> {
  const config = await readEdgeConfig(name);
  const read = { ...config, ...environmentSchema.parse(config) };
  return { ...read, vars: { ...read.vars, ...variables } };
}

/** A KV namespace's name in the account: what wrangler calls it, too, where it makes one by itself. */
export function namespaceTitle({ name }: Pick<Environment, 'name'>, binding: string): string {
  return `${name}-${binding.toLowerCase().replaceAll('_', '-')}`;
}

/** Whether a KV namespace's id in wrangler.toml stands for none. */
export function isPlaceholder(id: string): boolean {
  return /^0{24}/.test(id);
}

/** Every queue that the worker writes to or reads from, and those of what failed. */
export function queueNames({ queues: { producers, consumers } }: Pick<Environment, 'queues'>): string[] {
  const names = [
    ...producers.map(({ queue }) => queue),
    ...consumers.flatMap(({ queue, dead_letter_queue }) => [queue, dead_letter_queue]),
  ];
  return [...new Set(names.filter((name) => name !== undefined))];
}

interface DeployedBackend {
  url: string;
  /** The name of the secret that is its token. */
  secret: string;
}

/** The backends of the model that is served. @throws {UserError} where BACKENDS is none that the edge would read */
export function backendsOf({ vars }: Pick<Environment, 'vars'>): DeployedBackend[] {
  const url = String(vars['BACKEND_URL'] ?? '').replace(/\/+$/, '');
  return listed(vars, 'BACKENDS') ?? [{ url, secret: TOKEN }];
}

/**
 * Names of the secrets that are backends' tokens, of a candidate's too: the worker does not start where one is missing.
 * @throws {UserError} where a list is none that the edge would read
 */
export function tokenNames(environment: Pick<Environment, 'vars'>): string[] {
  const all = [...backendsOf(environment), ...(listed(environment.vars, 'CANDIDATE_BACKENDS') ?? [])];
  return [...new Set(all.map(({ secret }) => secret))];
}

const TOKEN = 'BACKEND_TOKEN';

/** As the edge reads it, a list or its JSON; undefined where there is none. */
function listed(
  vars: Environment['vars'],
  variable: 'BACKENDS' | 'CANDIDATE_BACKENDS',
): DeployedBackend[] | undefined {
  const read = backendsVariable.safeParse(vars[variable]);
  if (read.success) return read.data?.map(({ url, token_secret: secret = TOKEN }) => ({ url, secret }));
  const problems = read.error.issues.map(({ path, message }) => [...path, message].join(' '));
  throw new UserError(
    `${variable} in wrangler.toml is not right, and the worker would not start: ${problems.join('; ')}.`,
  );
}
