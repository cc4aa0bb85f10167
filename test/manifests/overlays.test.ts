import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { PROJECT, TANDEM_HOME } from '../../infra/paths.ts';
import { installOnce } from '../bench/environment.ts';
import { runCommand } from '../bench/run-command.ts';
import { PodMonitor, ScaledObject, ServiceMonitor } from '../infra/operate/custom-resources.ts';
import { findProgram } from './debian-program.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests, whose shape the schemas hold
type Manifest = any;

const STATE = join(TANDEM_HOME, 'manifests');
const OVERLAYS = join(PROJECT, 'infra/kubernetes/overlays');
const CUSTOM = { PodMonitor, ScaledObject, ServiceMonitor };

let kustomize: string;
let validate: (text: string) => Promise<string>;
let folder: string;

beforeAll(async () => {
  kustomize = await findProgram({ name: 'kustomize', path: 'usr/bin/kustomize', mayBeOwn: true });
  const environment = join(STATE, 'venv');
  const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
  await installOnce(requirements, environment, async (list) => {
    console.error("Installing Kubernetes' schemas (once) …");
    await runCommand('python3', ['-m', 'venv', '--clear', environment]);
    await runCommand(join(environment, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '-r', list]);
  });
  folder = await mkdtemp(join(STATE, 'built-'));
  validate = async (text) => {
    const file = join(folder, 'manifests.yaml');
    await writeFile(file, text);
    const { stdout, stderr } = await promisify(execFile)(join(environment, 'bin/kubernetes-validate'), [
      '--strict',
      file,
    ]).catch((error) => error);
    return stdout + stderr;
  };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const build = (overlay: string) => runCommand(kustomize, ['build', join(OVERLAYS, overlay)]);
const parsed = async (overlay: string): Promise<Manifest[]> =>
  parseAllDocuments(await build(overlay)).map((one) => one.toJS());
const backendOf = (all: Manifest[]) =>
  all.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'tandem-backend').spec.template
    .spec;

/** What Pod Security's profile "restricted" refuses in a pod. Source: Kubernetes' Pod Security Standards. */
function refusedByRestricted(pod: Manifest): string[] {
  const containers: Manifest[] = [...(pod.initContainers ?? []), ...pod.containers];
  const of = (container: Manifest, name: string) =>
    container.securityContext?.[name] ?? pod.securityContext?.[name];
  const kinds = [
    'configMap',
    'csi',
    'downwardAPI',
    'emptyDir',
    'ephemeral',
    'persistentVolumeClaim',
    'projected',
    'secret',
  ];
  return [
    ...['hostNetwork', 'hostPID', 'hostIPC'].filter((name) => pod[name]),
    ...(pod.volumes ?? []).flatMap(({ name, ...source }: Manifest) =>
      Object.keys(source).some((kind) => !kinds.includes(kind)) ? [`volume ${name}`] : [],
    ),
    ...containers.flatMap((container) => {
      const { allowPrivilegeEscalation, capabilities, privileged } = container.securityContext ?? {};
      const rules = {
        privileged: !privileged,
        allowPrivilegeEscalation: allowPrivilegeEscalation === false,
        runAsNonRoot: of(container, 'runAsNonRoot') === true,
        runAsUser: of(container, 'runAsUser') !== 0,
        seccompProfile: ['RuntimeDefault', 'Localhost'].includes(of(container, 'seccompProfile')?.type),
        capabilities:
          capabilities?.drop?.includes('ALL') &&
          (capabilities.add ?? []).every((name: string) => name === 'NET_BIND_SERVICE'),
        hostPort: (container.ports ?? []).every(({ hostPort }: Manifest) => !hostPort),
      };
      return Object.entries(rules).flatMap(([rule, holds]) => (holds ? [] : [`${container.name}: ${rule}`]));
    }),
  ];
}

describe.each(await readdir(OVERLAYS))('the overlay %s', (overlay) => {
  it("holds to Kubernetes' schemas, and its custom resources to theirs", async () => {
    const all = await parsed(overlay);
    const isCustom = ({ kind }: Manifest): boolean => kind in CUSTOM;
    const { length } = all.filter((one) => !isCustom(one));
    expect(length).toBeGreaterThan(8);
    const said = await validate(
      all
        .filter((one) => !isCustom(one))
        .map((one) => stringify(one))
        .join('---\n'),
    );
    expect(said.match(/^INFO .* passed /gm)).toHaveLength(length);
    expect(said.split('\n').filter((line) => line !== '' && !line.startsWith('INFO'))).toEqual([]);
    for (const { metadata, ...rest } of all.filter(isCustom)) {
      CUSTOM[rest.kind as keyof typeof CUSTOM].parse({ ...rest, metadata: { name: metadata.name } });
    }
  });

  it('is all in the namespace that refuses pods with rights, and asks for none', async () => {
    const all = await parsed(overlay);
    const namespace = all.find(({ kind }) => kind === 'Namespace');
    expect(namespace.metadata.labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
    for (const { kind, metadata } of all.filter(({ kind }) => !['Namespace', 'PriorityClass'].includes(kind)))
      expect(metadata.namespace, kind).toBe(namespace.metadata.name);
    for (const { kind, spec } of all)
      if (kind === 'Deployment') expect(refusedByRestricted(spec.template.spec)).toEqual([]);
  });
});

describe('the overlays', () => {
  it('run on processors, or on one GPU a replica with its image', async () => {
    for (const overlay of await readdir(OVERLAYS)) {
      const { containers, priorityClassName } = backendOf(await parsed(overlay));
      const [{ image, resources }] = containers;
      const isCpu = overlay === 'cpu';
      expect(image).toBe(isCpu ? 'tandem-backend:cpu' : 'tandem-backend:cuda');
      expect(resources.limits['nvidia.com/gpu']).toBe(isCpu ? undefined : '1');
      expect(priorityClassName).toBe(isCpu ? undefined : 'tandem-interactive');
    }
  });

  it('scale between none and one, and between two and eight', async () => {
    const bounds = async (overlay: string) => {
      const scaled = (await parsed(overlay)).find(({ kind }) => kind === 'ScaledObject');
      return scaled && [scaled.spec.minReplicaCount, scaled.spec.maxReplicaCount];
    };
    expect(await bounds('scale-to-zero')).toEqual([0, 1]);
    expect(await bounds('many-gpus')).toEqual([2, 8]);
    expect(await bounds('one-gpu')).toBeUndefined();
  });
});

describe('the checks themselves', () => {
  it('find a misspelt field, a field of a wrong type, and a pod with rights', async () => {
    const text = await build('cpu');
    expect(await validate(text.replace('readinessProbe:', 'readynessProbe:'))).toContain('readynessProbe');
    expect(await validate(text.replace('maxUnavailable: 1', 'maxUnavailable: [1]'))).toContain('ERROR');
    const pod = backendOf(await parsed('cpu'));
    const host = { ...pod, hostNetwork: true, volumes: [{ name: 'host', hostPath: { path: '/' } }] };
    host.initContainers[0].securityContext = {};
    expect(refusedByRestricted(host)).toEqual([
      'hostNetwork',
      'volume host',
      'model: allowPrivilegeEscalation',
      'model: capabilities',
    ]);
  });
});
