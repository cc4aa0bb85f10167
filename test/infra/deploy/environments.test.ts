import { experimental_readRawConfig } from 'wrangler';
import { describe, expect, it } from 'vitest';
import { SECRETS } from '../../../infra/deploy/secrets.ts';
import { WRANGLER_CONFIG } from '../../../infra/paths.ts';

interface Section {
  name: string;
  vars: Record<string, unknown>;
  kv_namespaces: { binding: string; id: string }[];
  durable_objects: { bindings: { name: string; class_name: string }[] };
  queues: { producers: { binding: string; queue: string }[]; consumers: ConsumerSettings[] };
  ratelimits: { name: string; namespace_id: string; simple: object }[];
  [key: string]: unknown;
}
interface ConsumerSettings {
  queue: string;
  dead_letter_queue: string;
}

const { env, ...top } = experimental_readRawConfig({ config: WRANGLER_CONFIG })
  .rawConfig as unknown as Section & {
  env: Record<string, Section>;
};
const { migrations } = top as unknown as { migrations: { new_sqlite_classes: string[] }[] };

/** What wrangler hands down to environments: its reference, "Inheritable keys". */
const INHERITED = new Set(
  [
    '$schema',
    'name',
    'main',
    'compatibility_date',
    'compatibility_flags',
    'keep_names',
    'build',
    'assets',
    'migrations',
  ].concat(['observability', 'alias', 'rules']),
);

/** What the worker finds in an environment, without what is that environment's own: names of queues, ids, values. */
function bindings({ vars, kv_namespaces, durable_objects, queues, ratelimits, version_metadata }: Section) {
  return {
    vars: Object.keys(vars).sort(),
    namespaces: kv_namespaces.map(({ binding }) => binding).sort(),
    objects: durable_objects.bindings.map((one) => `${one.name} ${one.class_name}`).sort(),
    producers: queues.producers.map(({ binding }) => binding),
    consumers: queues.consumers.map(({ queue: _queue, dead_letter_queue: _dead, ...settings }) => settings),
    limits: ratelimits.map(({ name, simple }) => ({ name, simple })),
    version_metadata,
  };
}

const queuesOf = ({ queues: { producers, consumers } }: Section) =>
  new Set(
    [...producers, ...consumers].flatMap(({ queue, ...more }) => [
      queue,
      (more as ConsumerSettings).dead_letter_queue,
    ]),
  );

describe('wrangler.toml', () => {
  it('has staging and production', () => {
    expect(Object.keys(env)).toEqual(['staging', 'production']);
  });

  it.each(Object.entries(env))('says in %s all that is not handed down to it', (_, section) => {
    const kinds = (config: object) => Object.keys(config).filter((key) => !INHERITED.has(key));
    expect(kinds(section).sort()).toEqual(kinds(top).sort());
    expect(bindings(section)).toEqual(bindings(top));
  });

  it('lets no environment share a name, a queue or a limit with another', () => {
    const all = [top, ...Object.values(env)];
    const shared = (of: (section: Section) => Iterable<string | undefined>) => {
      const names = all.flatMap((section) => [...of(section)]).filter((name) => name !== undefined);
      return names.filter((name, index) => names.indexOf(name) !== index);
    };
    expect(shared(({ name }) => [name])).toEqual([]);
    expect(shared(queuesOf)).toEqual([]);
    expect(shared(({ ratelimits }) => ratelimits.map(({ namespace_id }) => namespace_id))).toEqual([]);
  });

  it('binds each class of objects that a migration makes, and no other', () => {
    const made = migrations.flatMap(({ new_sqlite_classes }) => new_sqlite_classes);
    expect(top.durable_objects.bindings.map(({ class_name }) => class_name).sort()).toEqual(made.sort());
  });

  it.each(Object.entries({ development: top, ...env }))(
    'holds no secret and no development mode in %s',
    (_, { vars }) => {
      const forbidden = [...SECRETS.map(({ name }) => name), 'DEVELOPMENT_MODE'];
      expect(Object.keys(vars).filter((name) => forbidden.includes(name))).toEqual([]);
    },
  );
});
