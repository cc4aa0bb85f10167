import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from '../../../infra/paths.ts';
import { type CliResult, runCli, startCli } from '../../infra/cli.ts';

// What no clone has: what was built, installed and kept here.
const NOT_CLONED = new Set(['.git', '.tandem', '.wrangler', 'node_modules']);

/** Somebody with a copy of the project in a folder of their own, and its command line. */
export class Operator {
  readonly project: string;
  readonly edgePort: number;
  readonly #variables: Record<string, string>;
  #up: ReturnType<typeof startCli> | undefined;

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
    const up = startCli(['up', ...args], this.#options(variables));
    this.#up = up;
    let output = '';
    await new Promise<void>((resolve, reject) => {
      up.child.stdout?.on('data', (chunk) => {
        output += chunk;
        if (output.includes('Ctrl-C stops everything.')) resolve();
      });
      up.result.then(({ stdout, stderr }) => reject(new Error(`ended: ${stdout}${stderr}`)));
    });
  }

  /** What Ctrl-C does. @returns the exit status */
  async interrupt(): Promise<number | null> {
    const up = this.#up;
    if (up === undefined) return null;
    this.#up = undefined;
    up.child.kill('SIGINT');
    return (await up.result).code;
  }

  /** Runs what `npm run -s tandem -- ARGS` runs, to its end. */
  tandem(...args: string[]): Promise<CliResult> {
    return this.tandemWith({}, ...args);
  }

  /** Likewise, with variables. */
  tandemWith(variables: Record<string, string>, ...args: string[]): Promise<CliResult> {
    return runCli(args, this.#options(variables));
  }

  /** Its state lies in its own folder, wherever that of these tests is. */
  #options(variables: Record<string, string>) {
    const environment = { TANDEM_HOME: undefined, ...this.#variables, ...variables };
    return { project: this.project, environment };
  }
}
