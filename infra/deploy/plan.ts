import {
  type BindingChange,
  bindingChanges,
  deployedBindings,
  namespaceId,
  plannedBindings,
} from './bindings.ts';
import { type Environment, namespaceTitle, queueNames, tokenNames } from './environment.ts';
import { planSecrets, type SecretsPlan } from './secrets.ts';
import type { AccountState, Traffic } from './worker-state.ts';

/** How the new version takes over: by parts, or at once because it can do no other way. */
export type Way =
  | { kind: 'gradual'; stable: string }
  | { kind: 'at once'; because: 'first'; stable: null }
  | { kind: 'at once'; because: 'migrations'; migrations: string[]; stable: string };

/** All that a deployment would do. */
export interface Plan {
  worker: string;
  /** Where it answers; null where it has no address. */
  address: string | null;
  /** Who answers now. */
  traffic: Traffic;
  way: Way;
  /** Names of KV namespaces and queues to be made. */
  namespaces: string[];
  queues: string[];
  secrets: SecretsPlan;
  bindings: BindingChange[];
}

interface Known {
  state: AccountState;
  /** Values of secrets by their names, for those that are missing. */
  secretValues: Record<string, string | undefined>;
  /** Said on the command line, in the place of the worker's own. */
  address: string | undefined;
}

/** @throws {UserError} where a secret's value cannot be one */
export function makePlan(environment: Environment, { state, secretValues, address }: Known): Plan {
  const { namespaces, queues, worker } = state;
  const planned = plannedBindings(environment, namespaces);
  return {
    worker: environment.name,
    address: address ?? addressOf(environment, state.subdomain),
    traffic: worker?.deployments[0]?.traffic ?? [],
    way: wayFor(environment, worker),
    namespaces: environment.kv_namespaces
      .filter((one) => namespaceId(environment, one, namespaces) === undefined)
      .map(({ binding }) => namespaceTitle(environment, binding)),
    queues: queueNames(environment).filter((name) => !queues.has(name)),
    secrets: planSecrets(worker?.secrets ?? new Set(), tokenNames(environment), secretValues),
    bindings: bindingChanges(worker ? deployedBindings(worker.bindings) : new Map(), planned),
  };
}

/**
 * A first deployment has nothing to share requests with, and what Durable Objects' migrations make or take away is the same for
 * all versions: Cloudflare applies them with a deployment of the whole.
 */
function wayFor({ migrations }: Environment, worker: AccountState['worker']): Way {
  if (worker === null) return { kind: 'at once', because: 'first', stable: null };
  const { stable } = worker;
  const applied = migrations.findIndex(({ tag }) => tag === worker.migrationTag);
  const pending = migrations.slice(applied + 1).map(({ tag }) => tag);
  if (pending.length === 0) return { kind: 'gradual', stable };
  return { kind: 'at once', because: 'migrations', migrations: pending, stable };
}

/** A domain of its own, or its name at workers.dev. */
function addressOf({ name, routes, workers_dev }: Environment, subdomain: string | null): string | null {
  const patterns = routes.map((route) => (typeof route === 'string' ? route : route.pattern));
  const host = patterns[0]?.replace(/\/.*$/, '');
  if (host !== undefined && !host.includes('*')) return `https://${host}`;
  if (workers_dev === false || subdomain === null) return null;
  return `https://${name}.${subdomain}.workers.dev`;
}
