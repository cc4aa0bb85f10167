import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { inject } from 'vitest';
import { freePort } from '../free-port.ts';
import { runningWith } from '../processes.ts';
import { type ImageStore, imageStoreIn } from './image-store.ts';

/** As `npm run container:build` names it. */
export const TAG = 'tandem-backend:cpu';

/** What was built for the tests (build-image.ts); undefined where nothing could be. */
export const builtImage = inject('backendImage');

type Variables = Record<string, string>;
type ContainerProcess = ChildProcessByStdio<null, Readable, Readable>;

export interface Running {
  url: string;
  port: number;
  /** Its exit status. */
  ended: Promise<number | null>;
  output(): string;
  /** Sends what an engine's `stop` does, or another signal. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** A container of the backend's image, in which its program can be run. */
export class BackendContainer {
  readonly store: ImageStore;
  readonly name: string;
  /** As an OCI image has it: User, Entrypoint, Env, … */
  readonly config: Record<string, unknown>;
  readonly rootFileSystem: string;

  private constructor(container: Pick<BackendContainer, 'store' | 'name' | 'config' | 'rootFileSystem'>) {
    this.store = container.store;
    this.name = container.name;
    this.config = container.config;
    this.rootFileSystem = container.rootFileSystem;
  }

  static async create(): Promise<BackendContainer> {
    const store = imageStoreIn(builtImage!.storeFolder);
    const name = await store.buildah('from', TAG);
    const { config } = JSON.parse(await store.buildah('inspect', name)).Docker;
    // In chroot isolation buildah puts an image's own, empty volume over the folder that is given for it.
    await store.buildah('config', '--volume', '/model-', name);
    return new BackendContainer({ store, name, config, rootFileSystem: await store.buildah('mount', name) });
  }

  /** Runs a program in it. @param model the folder that is its volume */
  run(
    model: string,
    variables: Variables = {},
    args = this.config['Entrypoint'] as string[],
  ): ContainerProcess {
    return spawn(
      'buildah',
      [
        ...['run', '--volume', `${model}:/model:ro`],
        ...Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
        ...[this.name, '--', ...args],
      ],
      { env: { ...process.env, ...this.store.environment }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
  }

  /** Starts the image's program, and waits until it is ready. @param how given the variables it is to have */
  async start(how: (variables: Variables) => ContainerProcess, port?: number): Promise<Running> {
    const [ownPort, mark] = [port ?? (await freePort()), randomUUID()];
    // The network is this machine's: only loopback is to hear it.
    const child = how({ BACKEND_PORT: String(ownPort), HOST: '127.0.0.1', TANDEM_TEST_MARK: mark });
    let output = '';
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          output += chunk;
          if (output.includes('"event":"ready"')) resolve();
        });
      }
      ended.then(() => reject(new Error(`ended before it was ready: ${output}`)));
    });
    const stop = async (signal = this.config['StopSignal'] as NodeJS.Signals) => {
      for (const { pid, command } of await runningWith(mark)) {
        if (/node gpu-backend\/main\.ts/.test(command) && !command.startsWith('buildah')) {
          process.kill(pid, signal);
        }
      }
    };
    return { url: `http://127.0.0.1:${ownPort}`, port: ownPort, ended, output: () => output, stop };
  }
}

export const exitStatus = (child: ContainerProcess) =>
  new Promise<number | null>((resolve) => child.once('close', resolve));
