import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readConfig } from '../../../gpu-backend/config/config.ts';
import { CONFIG_OPTIONS } from '../../../gpu-backend/config/options.ts';
import { createMetrics } from '../../../gpu-backend/metrics/metrics.ts';
import { createWatchServer } from '../../../gpu-backend/server/watch-app.ts';
import { PROJECT } from '../../../infra/paths.ts';
import { backendMetrics, namesIn } from './metric-names.ts';
import { PodMonitor, ScaledObject, ServiceMonitor } from './custom-resources.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests, whose shape the schemas hold (npm run test:manifests)
type Manifest = any;

async function manifests(...files: string[]): Promise<Manifest[]> {
  const texts = files.map((file) => readFile(join(PROJECT, 'infra/kubernetes', file), 'utf8'));
  return (await Promise.all(texts)).flatMap((text) => parseAllDocuments(text).map((one) => one.toJS()));
}

const BASE = await manifests('base/backend.yaml', 'base/tunnel.yaml', 'base/network-policies.yaml');
const ofKind = (kind: string, all = BASE) => all.filter((one) => one.kind === kind);
const named = (kind: string, name: string) =>
  ofKind(kind).find(({ metadata }: Manifest) => metadata.name === name);

const POD = named('Deployment', 'tandem-backend').spec.template.spec;
const CONTAINER = POD.containers[0];
const [GPU_PATCH] = await manifests('components/gpu/backend.yaml');
const GPU_CONTAINER = GPU_PATCH.spec.template.spec.containers[0];
const MONITORS = await manifests('components/monitoring/monitors.yaml');

const environmentOf = (...containers: Manifest[]): Record<string, string> =>
  Object.fromEntries(containers.flatMap(({ env }) => env).map(({ name, value }) => [name, value]));
const accepted = (environment: Record<string, string>) =>
  readConfig({ environment, readFile: () => 'a-token-of-the-tests' });

const watchServer = createWatchServer({
  repository: { requireReady: () => {} } as never,
  isDraining: () => false,
  log: () => {},
  metrics: createMetrics(),
});

/** Pods that a selector takes, by the names of their Deployments. */
const selected = (labels: Record<string, string>) =>
  ofKind('Deployment').filter(({ spec }: Manifest) =>
    Object.entries(labels).every(([name, value]) => spec.template.metadata.labels[name] === value),
  );
const portNames = (deployments: Manifest[]) =>
  deployments.flatMap(({ spec }) => spec.template.spec.containers[0].ports.map(({ name }: Manifest) => name));

describe("Kubernetes' Deployment of the backend", () => {
  it.each([
    ['on a processor', [CONTAINER], { devices: ['cpu'], maxBatchSize: 8 }],
    ['on a GPU', [CONTAINER, GPU_CONTAINER], { devices: ['cuda:0'], maxBatchSize: 32 }],
  ])('gives it options that it has, and takes, %s', (_, containers, expected) => {
    const environment = environmentOf(...containers);
    const known = Object.values(CONFIG_OPTIONS).flatMap(({ variable }) => [variable, `${variable}_FILE`]);
    expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
    const config = accepted(environment);
    expect(config).toMatchObject({ ...expected, tokens: ['a-token-of-the-tests'] });
    expect(config.maxQueueSize).toBeGreaterThan(config.maxBatchSize);
  });

  it('mounts the token and the model where its options say, the model as the init container fills it', () => {
    const { BACKEND_TOKEN_FILE, MODEL_DIR } = environmentOf(CONTAINER);
    const places = new Map<string, string>(
      CONTAINER.volumeMounts.map(({ name, mountPath }: Manifest) => [mountPath, name]),
    );
    expect(places.get(MODEL_DIR!)).toBe('model');
    expect(BACKEND_TOKEN_FILE).toMatch(/\/token$/);
    expect(places.get(BACKEND_TOKEN_FILE!.replace(/\/token$/, ''))).toBe('token');
    const [{ command, volumeMounts }] = POD.initContainers;
    expect(volumeMounts).toEqual([{ name: 'model', mountPath: command.at(-1) }]);
    expect(POD.volumes.map(({ name }: Manifest) => name)).toEqual(['model', 'token']);
  });

  it('listens on the ports that it names, and to others than its own pod', () => {
    const config = accepted(environmentOf(CONTAINER));
    expect(CONTAINER.ports).toEqual([
      { name: 'inference', containerPort: config.port },
      { name: 'metrics', containerPort: config.metricsPort },
    ]);
    expect(config.host).toBe('0.0.0.0');
  });

  it.each(['startupProbe', 'readinessProbe', 'livenessProbe'])('has a path for its %s', async (probe) => {
    const { path, port } = CONTAINER[probe].httpGet;
    expect(port).toBe('metrics');
    expect((await watchServer.request(path)).status).toBe(200);
    expect((await watchServer.request(`${path}-not`)).status).toBe(404);
  });

  it('has longer to end than it takes', () => {
    const { drainTimeoutSeconds } = accepted(environmentOf(CONTAINER));
    const before = CONTAINER.lifecycle.preStop.sleep.seconds;
    expect(before).toBeGreaterThan(0);
    expect(POD.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(before + drainTimeoutSeconds + 10);
  });

  it('has fewer threads than processors', () => {
    const { inferenceThreads } = accepted(environmentOf(CONTAINER));
    expect(inferenceThreads).toBeLessThan(Number(CONTAINER.resources.requests.cpu));
  });
});

describe("Kubernetes' selectors", () => {
  it('take the pods of the Deployment that they are for, and no others', () => {
    const selectors = [
      ...ofKind('Deployment').map(({ metadata, spec }) => [metadata.name, spec.selector.matchLabels]),
      ...ofKind('PodDisruptionBudget').map(({ metadata, spec }) => [
        metadata.name,
        spec.selector.matchLabels,
      ]),
      ...ofKind('Service').map(({ metadata, spec }) => [metadata.name, spec.selector]),
      ...ofKind('NetworkPolicy')
        .filter(({ metadata }) => metadata.name !== 'nothing-else')
        .map(({ metadata, spec }) => [metadata.name, spec.podSelector.matchLabels]),
      ...ofKind('Deployment').flatMap(({ metadata, spec }) =>
        spec.template.spec.topologySpreadConstraints.map(({ labelSelector }: Manifest) => [
          metadata.name,
          labelSelector.matchLabels,
        ]),
      ),
    ];
    expect(selectors.length).toBeGreaterThan(9);
    for (const [name, labels] of selectors)
      expect(selected(labels).map(({ metadata }) => metadata.name)).toEqual([name]);
  });

  it('close everything but the ports that pods have', () => {
    const [all, ...rest] = ofKind('NetworkPolicy');
    expect(all.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    for (const { spec } of rest)
      for (const { ports } of spec.ingress)
        for (const { port } of ports)
          expect(portNames(selected(spec.podSelector.matchLabels))).toContain(port);
    // The backend calls nobody.
    expect(named('NetworkPolicy', 'tandem-backend').spec.egress).toBeUndefined();
  });

  it('name ports of the Service that its pods have', () => {
    const { spec } = named('Service', 'tandem-backend');
    for (const { port, targetPort } of spec.ports)
      expect(CONTAINER.ports).toContainEqual({ name: targetPort, containerPort: port });
  });
});

describe("Prometheus' monitors", () => {
  it('read a port and a path that there are', async () => {
    const [backend, tunnel] = [ServiceMonitor.parse(MONITORS[0]), PodMonitor.parse(MONITORS[1])];
    const service = named('Service', 'tandem-backend');
    expect(service.metadata.labels).toMatchObject(backend.spec.selector.matchLabels);
    for (const { port, path } of backend.spec.endpoints) {
      expect(service.spec.ports.map(({ name }: Manifest) => name)).toContain(port);
      expect((await watchServer.request(path)).status).toBe(200);
    }
    const tunnels = selected(tunnel.spec.selector.matchLabels);
    for (const { port } of tunnel.spec.podMetricsEndpoints) expect(portNames(tunnels)).toContain(port);
  });

  it('give the backend the job that the alerts ask for', async () => {
    // Without jobLabel, the Operator takes the Service's name.
    const alerts = await readFile(join(PROJECT, 'infra/prometheus/alerts.yml'), 'utf8');
    expect(alerts).toContain(`job="${named('Service', 'tandem-backend').metadata.name}"`);
  });
});

describe.each(['scale-to-zero', 'many-gpus'])("KEDA's ScaledObject of %s", async (overlay) => {
  const [scaledObject] = await manifests(`overlays/${overlay}/scaled-object.yaml`);
  const { spec } = ScaledObject.parse(scaledObject);

  it('scales the backend by waiting requests, and asks for metrics that there are', async () => {
    expect(named('Deployment', spec.scaleTargetRef.name)).toBe(named('Deployment', 'tandem-backend'));
    expect(named('Deployment', 'tandem-backend').spec.replicas).toBeUndefined();
    const known = await backendMetrics();
    const asked = spec.triggers.flatMap(({ metadata }) => namesIn(metadata.query));
    expect(asked).toContain('tandem_num_requests_waiting');
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  it('adds a replica before each has a full batch waiting', () => {
    const { maxBatchSize } = accepted(environmentOf(CONTAINER, GPU_CONTAINER));
    for (const { metadata } of spec.triggers) expect(Number(metadata.threshold)).toBeLessThan(maxBatchSize);
  });

  it('wakes by something that there is without a replica, where it goes to none', () => {
    const others = spec.triggers.filter(({ metadata }) => namesIn(metadata.query).length === 0);
    expect(others.length > 0).toBe(spec.minReplicaCount === 0);
    expect(spec.maxReplicaCount).toBeGreaterThan(spec.minReplicaCount);
  });
});
