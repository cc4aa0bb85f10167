import * as z from 'zod';
import type { Account } from './account.ts';
import { CloudflareError, NO_SUCH_WORKER } from './cloudflare-api.ts';

const deploymentsSchema = z.object({
  deployments: z.array(
    z.looseObject({
      created_on: z.string(),
      versions: z.array(z.object({ version_id: z.string(), percentage: z.number() })),
    }),
  ),
});
const versionSchema = z.looseObject({
  resources: z.looseObject({
    bindings: z.array(z.looseObject({ name: z.string(), type: z.string() })).default([]),
    script_runtime: z.looseObject({ migration_tag: z.string().optional() }).default({}),
  }),
});
const secretSchema = z.looseObject({ name: z.string() });
const namespaceSchema = z.looseObject({ id: z.string(), title: z.string() });
const queueSchema = z.looseObject({ queue_name: z.string() });

/** Who answers how many of a hundred requests. */
export type Traffic = { version_id: string; percentage: number }[];

/** A binding as Cloudflare has it. */
export type DeployedBinding = z.infer<typeof versionSchema>['resources']['bindings'][number];

export interface DeployedWorker {
  /** The newest first. */
  deployments: { createdOn: string; traffic: Traffic }[];
  /** Who answered all requests last: what a new version takes over from, and what one goes back to. */
  stable: string;
  /** That version's. */
  bindings: DeployedBinding[];
  /** The newest migration of Durable Objects that was applied. */
  migrationTag: string | undefined;
  secrets: Set<string>;
}

/** What the account has of one environment. */
export interface AccountState {
  /** Ids of KV namespaces by their names. */
  namespaces: Map<string, string>;
  queues: Set<string>;
  /** Null where it was never deployed. */
  worker: DeployedWorker | null;
  /** The account's name at workers.dev; null where it has none. */
  subdomain: string | null;
}

/** @throws {CloudflareError} */
export async function readAccountState(account: Account, worker: string): Promise<AccountState> {
  const { api, id } = account;
  const [namespaces, queues, deployed, subdomain] = await Promise.all([
    api.list(namespaceSchema, `/accounts/${id}/storage/kv/namespaces`),
    api.list(queueSchema, `/accounts/${id}/queues`),
    readWorker(account, worker),
    orNull(api.get(z.object({ subdomain: z.string() }), `/accounts/${id}/workers/subdomain`)),
  ]);
  return {
    namespaces: new Map(namespaces.map(({ id: namespace, title }) => [title, namespace])),
    queues: new Set(queues.map(({ queue_name }) => queue_name)),
    worker: deployed,
    subdomain: subdomain?.subdomain ?? null,
  };
}

/** Null where it was never deployed. @throws {CloudflareError} */
export async function readWorker({ api, id }: Account, worker: string): Promise<DeployedWorker | null> {
  const script = `/accounts/${id}/workers/scripts/${worker}`;
  const found = await orNull(api.get(deploymentsSchema, `${script}/deployments`));
  const deployments = (found?.deployments ?? []).map(({ created_on: createdOn, versions: traffic }) => ({
    createdOn,
    traffic,
  }));
  const stable = versionsInFull(deployments)[0] ?? deployments[0]?.traffic[0]?.version_id;
  if (stable === undefined) return null;
  const [{ resources }, secrets] = await Promise.all([
    api.get(versionSchema, `${script}/versions/${stable}`),
    api.get(z.array(secretSchema), `${script}/secrets`),
  ]);
  return {
    deployments,
    stable,
    bindings: resources.bindings,
    migrationTag: resources.script_runtime.migration_tag,
    secrets: new Set(secrets.map(({ name }) => name)),
  };
}

/** The versions that have answered all requests, the last one first. */
export function versionsInFull(deployments: Pick<DeployedWorker, 'deployments'>['deployments']): string[] {
  const full = deployments.flatMap(({ traffic }) => traffic.filter(({ percentage }) => percentage === 100));
  return [...new Set(full.map(({ version_id }) => version_id))];
}

/** What there is not yet: no worker, or no name at workers.dev, for which Cloudflare has the same code. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  return answer.catch((error) => {
    if (error instanceof CloudflareError && error.code === NO_SUCH_WORKER) return null;
    throw error;
  });
}
