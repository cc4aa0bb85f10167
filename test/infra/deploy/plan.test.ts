import { describe, expect, it } from 'vitest';
import {
  backendsOf,
  type Environment,
  readEnvironment,
  tokenNames,
} from '../../../infra/deploy/environment.ts';
import { deployedBindings, plannedBindings } from '../../../infra/deploy/bindings.ts';
import { describePlan } from '../../../infra/deploy/describe-plan.ts';
import { makePlan } from '../../../infra/deploy/plan.ts';
import { planSecrets } from '../../../infra/deploy/secrets.ts';
import {
  type AccountState,
  type DeployedWorker,
  versionsInFull,
} from '../../../infra/deploy/worker-state.ts';

const environment = (await readEnvironment('production', {})) as Environment;
const NEWEST = environment.migrations.at(-1)!.tag;
const ALL_SECRETS = new Set(['ADMIN_TOKEN', 'SESSION_TOKEN_SECRET', 'SEALING_SECRET', 'BACKEND_TOKEN']);
const EMPTY: AccountState = { namespaces: new Map(), queues: new Set(), worker: null, subdomain: 'example' };
const COMPLETE: AccountState = {
  ...EMPTY,
  namespaces: new Map([
    ['tandem-production-keys', 'k'],
    ['tandem-production-sessions', 's'],
  ]),
  queues: new Set(['tandem-production-inbound', 'tandem-production-inbound-dead']),
};

const worker = (changes: Partial<DeployedWorker> = {}): DeployedWorker => ({
  deployments: [{ createdOn: '', traffic: [{ version_id: 'old', percentage: 100 }] }],
  stable: 'old',
  bindings: [],
  migrationTag: NEWEST,
  secrets: ALL_SECRETS,
  ...changes,
});

const plan = (state: AccountState, secretValues = {}, address?: string) =>
  makePlan(environment, { state, secretValues, address });

describe('a plan', () => {
  it('makes everything where nothing is there', () => {
    expect(plan(EMPTY)).toMatchObject({
      address: 'https://tandem-production.example.workers.dev',
      way: { kind: 'at once', because: 'first' },
      namespaces: ['tandem-production-keys', 'tandem-production-sessions'],
      queues: ['tandem-production-inbound', 'tandem-production-inbound-dead'],
      secrets: { made: ['ADMIN_TOKEN', 'SESSION_TOKEN_SECRET', 'SEALING_SECRET'], asked: ['BACKEND_TOKEN'] },
    });
  });

  it('makes nothing where everything is there', () => {
    const secrets = { given: {}, made: [], asked: [] };
    expect(plan({ ...COMPLETE, worker: worker() })).toMatchObject({ namespaces: [], queues: [], secrets });
  });

  it('is gradual where a version answers', () => {
    expect(plan({ ...COMPLETE, worker: worker() }).way).toEqual({ kind: 'gradual', stable: 'old' });
  });

  it.each([undefined, 'keys', 'unknown'])('applies the migrations after %s at once', (migrationTag) => {
    const { way } = plan({ ...COMPLETE, worker: worker({ migrationTag }) });
    const tags = environment.migrations.map(({ tag }) => tag);
    const pending = migrationTag === 'keys' ? tags.slice(1) : tags;
    expect(way).toEqual({ kind: 'at once', because: 'migrations', migrations: pending, stable: 'old' });
  });

  it('shows which bindings are other ones', () => {
    const bindings = [
      { name: 'BACKEND_URL', type: 'plain_text', text: 'https://old.example' },
      { name: 'GONE', type: 'kv_namespace', namespace_id: 'g' },
      { name: 'ADMIN_TOKEN', type: 'secret_text' },
      { name: 'MAX_NUM_BEAMS', type: 'json', json: environment.vars['MAX_NUM_BEAMS'] },
      { name: 'KEYS', type: 'kv_namespace', namespace_id: 'k' },
    ];
    const changes = plan({ ...COMPLETE, worker: worker({ bindings }) }).bindings;
    const named = (name: string) => changes.find((change) => change.name === name);
    expect(named('BACKEND_URL')).toMatchObject({
      from: '"https://old.example"',
      to: '"https://backend.example.com"',
    });
    expect(named('GONE')).toMatchObject({ from: 'KV namespace g', to: undefined });
    expect(named('SESSIONS')).toMatchObject({ from: undefined, to: 'KV namespace s' });
    for (const same of ['ADMIN_TOKEN', 'MAX_NUM_BEAMS', 'KEYS']) expect(named(same)).toBeUndefined();
  });

  it('shows no value of a secret that somebody has set as a plain variable', () => {
    const bindings = [
      { name: 'ADMIN_TOKEN', type: 'plain_text', text: 'sesame' },
      { name: 'TURNSTILE_SECRET', type: 'json', json: 'sesame' },
    ];
    const { bindings: changes } = plan({ ...COMPLETE, worker: worker({ bindings }) });
    for (const { name } of bindings)
      expect(changes.find((change) => change.name === name)?.from).toMatch(/not shown/);
    expect(JSON.stringify(changes)).not.toContain('sesame');
  });

  it('takes an id of wrangler.toml as it is', () => {
    const kv_namespaces = [{ binding: 'KEYS', id: 'abc' }];
    const bindings = plannedBindings({ ...environment, kv_namespaces }, COMPLETE.namespaces);
    expect(bindings.get('KEYS')).toBe('KV namespace abc');
  });

  it.each<[object, string | null]>([
    [{}, 'https://tandem-production.example.workers.dev'],
    [{ routes: [{ pattern: 'chat.example.org', custom_domain: true }] }, 'https://chat.example.org'],
    [{ routes: ['chat.example.org/*'] }, 'https://chat.example.org'],
    [{ routes: ['*.example.org/*'], workers_dev: false }, null],
    [{ workers_dev: false }, null],
  ])('finds the address of a worker with %j', (settings, address) => {
    const known = { state: EMPTY, secretValues: {}, address: undefined };
    expect(makePlan({ ...environment, ...settings }, known).address).toBe(address);
  });

  it('is told in words, with no secret’s value', () => {
    const bundle = { folder: '', bytes: 1_500_000, gzipBytes: 300_000 };
    const text = describePlan(plan(EMPTY, { BACKEND_TOKEN: 'sesame' }), { name: '0.1.0', bundle });
    expect(text).toContain('0.1.0, 1.50 MB, 300 kB with gzip');
    expect(text).toMatch(/\+ +secret +BACKEND_TOKEN +as given/);
    expect(text).not.toContain('sesame');
  });

  it('reads back what it planned', () => {
    const planned = plannedBindings(environment, COMPLETE.namespaces);
    const { vars, durable_objects } = environment;
    const asDeployed = [
      ...Object.entries(vars).map(([name, value]) =>
        typeof value === 'string'
          ? { name, type: 'plain_text', text: value }
          : { name, type: 'json', json: value },
      ),
      ...durable_objects.bindings.map((one) => ({ ...one, type: 'durable_object_namespace' })),
    ];
    for (const [name, line] of deployedBindings(asDeployed)) expect(planned.get(name)).toBe(line);
  });
});

describe('secrets', () => {
  it('are taken only where they are missing', () => {
    const values = { ADMIN_TOKEN: 'a'.repeat(32), BACKEND_TOKEN: 'b', CHAT_KEY: 'pk_tandem_1' };
    expect(planSecrets(new Set(['ADMIN_TOKEN']), ['BACKEND_TOKEN'], values)).toEqual({
      given: { BACKEND_TOKEN: 'b', CHAT_KEY: 'pk_tandem_1' },
      made: ['SESSION_TOKEN_SECRET', 'SEALING_SECRET'],
      asked: [],
    });
  });

  it('of several backends have their own names', () => {
    expect(planSecrets(ALL_SECRETS, ['ONE', 'TWO'], { ONE: 't' })).toEqual({
      given: { ONE: 't' },
      made: [],
      asked: ['TWO'],
    });
  });

  it('of a candidate’s backends are asked for like those of the others, each once', () => {
    const url = 'https://one.example';
    const vars = {
      BACKENDS: [{ url, token_secret: 'ONE' }, { url }, { url, token_secret: 'ONE' }],
      CANDIDATE_BACKENDS: [{ url, token_secret: 'NEW' }],
    };
    expect(tokenNames({ vars })).toEqual(['ONE', 'BACKEND_TOKEN', 'NEW']);
    expect(tokenNames({ vars: { BACKEND_URL: url } })).toEqual(['BACKEND_TOKEN']);
  });

  it.each([
    ['ADMIN_TOKEN', 'short'],
    ['CHAT_KEY', 'sk_tandem_1'],
    ['BACKEND_TOKEN', 'with a space'],
  ])('are refused where the worker would refuse them: %s', (name, value) => {
    expect(() => planSecrets(new Set(), ['BACKEND_TOKEN'], { [name]: value })).toThrow(name);
  });
});

describe('backends', () => {
  const list = [{ url: 'https://one.example/', token_secret: 'ONE' }, { url: 'https://two.example' }];
  const read = [
    { url: 'https://one.example', secret: 'ONE' },
    { url: 'https://two.example', secret: 'BACKEND_TOKEN' },
  ];

  it.each<[string, object]>([
    ['a list', { BACKENDS: list }],
    ['the list as JSON', { BACKENDS: JSON.stringify(list), BACKEND_URL: 'https://not.example' }],
  ])('are those of %s', (_, vars) => {
    expect(backendsOf({ vars: { ...vars } })).toEqual(read);
    expect(tokenNames({ vars: { ...vars } })).toEqual(['ONE', 'BACKEND_TOKEN']);
  });

  it('are the one of BACKEND_URL where the list is empty text', () => {
    const vars = { BACKENDS: ' ', BACKEND_URL: 'https://one.example/' };
    expect(backendsOf({ vars })).toEqual([{ url: 'https://one.example', secret: 'BACKEND_TOKEN' }]);
  });

  it.each([
    ['[{"url": "https://one.example"', /BACKENDS in wrangler.toml .* must be a list of/],
    [[{ url: 'one.example' }], /0 url must be one http or https address/],
    [[], /must hold at least one backend/],
  ])('%j is refused as the edge would refuse it', (BACKENDS, message) => {
    expect(() => backendsOf({ vars: { BACKENDS } })).toThrow(message);
  });
});

describe('versions that had all requests', () => {
  const deployments = (...shares: [string, number][][]) =>
    shares.map((share) => ({
      createdOn: '',
      traffic: share.map(([version_id, percentage]) => ({ version_id, percentage })),
    }));

  it('are in the order of their last time', () => {
    const all = deployments(
      [
        ['c', 10],
        ['b', 90],
      ],
      [
        ['c', 0],
        ['b', 100],
      ],
      [['b', 100]],
      [['a', 100]],
    );
    expect(versionsInFull(all)).toEqual(['b', 'a']);
  });

  it('have the one that was gone back to before the one that it had replaced', () => {
    expect(versionsInFull(deployments([['a', 100]], [['b', 100]], [['a', 100]]))).toEqual(['a', 'b']);
  });
});
