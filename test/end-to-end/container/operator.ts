import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from '../../../infra/paths.ts';

// What no clone has: what was built, installed and kept here.
const NOT_CLONED = new Set(['.git', '.tandem', '.wrangler', 'node_modules']);

const CLI = 'infra/cli.ts';

export interface Told {
  code: number;
  stdout: string;
  stderr: string;
}

/** Somebody with a copy of the project in a folder of their own, and its command line. */
export class Operator {
  readonly project: string;
  readonly edgePort: number;
  readonly #variables: Record<string, string>;
  #up: { child: ChildProcess; ended: Promise<number | null> } | undefined;

  private constructor(project: string, edgePort: number, backendPort: number) {
    this.project = project;
    this.edgePort = edgePort;
    this.#variables = { EDGE_PORT: String(edgePort), BACKEND_PORT: String(backendPort) };
  }

  /** The project's files as they are here, with the packages that are installed. */
  static async begin(project: string, ports: { edge: number; backend: number }): Promise<Operator> {
    await mkdir(project);
    for (const name of await readdir(PROJECT)) {
      if (!NOT_CLONED.has(name)) await cp(join(PROJECT, name), join(project, name), { recursive: true });
    }
    await symlink(join(PROJECT, 'node_modules'), join(project, 'node_modules'));
    return new Operator(project, ports.edge, ports.backend);
  }

  get edgeUrl(): string {
    return `http://127.0.0.1:${this.edgePort}`;
  }

  /** Does what `npm start -- ARGS` does, and waits until all has come up. */
  async up(args: string[] = [], variables: Record<string, string> = {}): Promise<void> {
    const child = spawn(process.execPath, [CLI, 'up', ...args], this.#options(variables));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    this.#up = { child, ended };
    let output = '';
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (chunk) => {
          output += chunk;
          if (output.includes('Ctrl-C stops everything.')) resolve();
        });
      }
      ended.then(() => reject(new Error(`ended: ${output}`)));
    });
  }

  /** What Ctrl-C does. @returns the exit status */
  async interrupt(): Promise<number | null> {
    const up = this.#up;
    if (up === undefined) return null;
    this.#up = undefined;
    up.child.kill('SIGINT');
    return up.ended;
  }

  /** Runs what `npm run -s tandem -- ARGS` runs, to its end. */
  tandem(...args: string[]): Promise<Told> {
    return this.tandemWith({}, ...args);
  }

  /** Likewise, with variables. */
  async tandemWith(variables: Record<string, string>, ...args: string[]): Promise<Told> {
    try {
      const told = await promisify(execFile)(process.execPath, [CLI, ...args], this.#options(variables));
      return { code: 0, ...told };
    } catch (error) {
      const { code, stdout, stderr } = error as Told;
      return { code, stdout, stderr };
    }
  }

  #options(variables: Record<string, string> = {}) {
    const { TANDEM_HOME: _, ...inherited } = process.env;
    return {
      cwd: this.project,
      env: { ...inherited, ...this.#variables, ...variables },
      encoding: 'utf8' as const,
    };
  }
}
