import { type Environment, isPlaceholder, namespaceTitle } from './environment.ts';
import type { DeployedBinding } from './worker-state.ts';

/** Bindings by their names, each as a line of what it is: two that read alike are alike. */
export type Bindings = Map<string, string>;

const NEW_NAMESPACE = 'KV namespace, to be made';

/** What a version of this environment will have; of secrets, which it keeps, nothing. */
export function plannedBindings(environment: Environment, namespaces: ReadonlyMap<string, string>): Bindings {
  const { kv_namespaces, durable_objects, queues, ratelimits, version_metadata, vars } = environment;
  return new Map([
    ...kv_namespaces.map(({ binding, id }): [string, string] => [
      binding,
      namespaceLine(namespaceId(environment, { binding, id }, namespaces)),
    ]),
    ...durable_objects.bindings.map(({ name, class_name }): [string, string] => [
      name,
      objectLine(class_name),
    ]),
    ...queues.producers.map(({ binding, queue }): [string, string] => [binding, queueLine(queue)]),
    ...ratelimits.map(({ name, namespace_id }): [string, string] => [name, limitLine(namespace_id)]),
    ...environment.analytics_engine_datasets.map(({ binding }): [string, string] => [binding, DATASET]),
    [version_metadata.binding, VERSION],
    ...Object.entries(vars).map(([name, value]): [string, string] => [name, variableLine(name, value)]),
  ]);
}

/** What a deployed version has, but for secrets. */
export function deployedBindings(bindings: DeployedBinding[]): Bindings {
  return new Map(
    bindings
      .filter(({ type }) => type !== 'secret_text')
      .map((binding) => [binding.name, deployedLine(binding)]),
  );
}

function deployedLine(binding: DeployedBinding): string {
  const { type, namespace_id, class_name, queue_name, text, json } = binding as Record<string, unknown>;
  switch (type) {
    case 'kv_namespace':
      return namespaceLine(String(namespace_id));
    case 'durable_object_namespace':
      return objectLine(String(class_name));
    case 'queue':
      return queueLine(String(queue_name));
    case 'ratelimit':
      return limitLine(String(namespace_id));
    case 'analytics_engine':
      return DATASET;
    case 'version_metadata':
      return VERSION;
    case 'plain_text':
      return variableLine(binding.name, text);
    case 'json':
      return variableLine(binding.name, json);
    default:
      return String(type);
  }
}

const VERSION = 'the version';
const DATASET = 'Analytics Engine';
const namespaceLine = (id: string | undefined) => (id === undefined ? NEW_NAMESPACE : `KV namespace ${id}`);
const objectLine = (name: string) => `Durable Object ${name}`;
const queueLine = (name: string) => `queue ${name}`;
const limitLine = (id: string) => `rate limit ${id}`;

/** What ends so is a secret, also where somebody has set it as a plain variable: the preview goes to logs. */
const NAME_OF_SECRET = /(TOKEN|SECRET)$/;

function variableLine(name: string, value: unknown): string {
  return NAME_OF_SECRET.test(name) ? 'a variable, not shown' : JSON.stringify(value);
}

/** Of a namespace in wrangler.toml, or else the account's by its name; undefined where it is to be made. */
export function namespaceId(
  environment: Pick<Environment, 'name'>,
  { binding, id }: { binding: string; id: string },
  namespaces: ReadonlyMap<string, string>,
): string | undefined {
  return isPlaceholder(id) ? namespaces.get(namespaceTitle(environment, binding)) : id;
}

/** The environment's KV namespaces with the account's ids. */
export function namespacesWithIds(environment: Environment, namespaces: ReadonlyMap<string, string>) {
  return environment.kv_namespaces.map((one) => {
    const id = namespaceId(environment, one, namespaces);
    if (id === undefined) throw new Error(`There is no KV namespace for ${one.binding}. This is a bug.`);
    return { ...one, id };
  });
}

export interface BindingChange {
  name: string;
  /** Undefined where there is none. */
  from: string | undefined;
  to: string | undefined;
}

/** What one version has otherwise than the other, by name. */
export function bindingChanges(from: Bindings, to: Bindings): BindingChange[] {
  return [...new Set([...from.keys(), ...to.keys()])]
    .sort()
    .map((name) => ({ name, from: from.get(name), to: to.get(name) }))
    .filter((change) => change.from !== change.to);
}
