import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROJECT } from '../../infra/paths.ts';
import { runCli } from '../infra/cli.ts';
import { freePort } from './free-port.ts';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'tandem-start-'));
});
afterEach(() => rm(state, { recursive: true, force: true }));

/** `tandem up` as a person runs it, marked so that whatever it starts can be found. */
async function start() {
  const mark = randomUUID();
  const edgePort = String(await freePort());
  const environment = { EDGE_PORT: edgePort, BACKEND_PORT: String(await freePort()), TANDEM_TEST_MARK: mark };
  const child = spawn(process.execPath, [join(PROJECT, 'infra/cli.ts'), 'up', '--state', state], {
    env: { ...process.env, ...environment },
  });
  let output = '';
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const printed = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => output.includes(text) && resolve();
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          output += chunk;
          look();
        });
      }
      ended.then(() => reject(new Error(`ended without "${text}": ${output}`)));
    });
  return { child, ended, printed, mark, environment, edgePort, output: () => output };
}

/** Processes that were started with this mark and still run; one that has ended and waits for its parent does not. */
async function runningWith(mark: string): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  const found = await Promise.all(
    processes.map(async (pid) =>
      (await read(`/proc/${pid}/environ`)).includes(mark)
        ? (await read(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ')
        : '',
    ),
  );
  return found.filter((command) => command !== '');
}

describe('npm start', () => {
  it('compiles the embedded model, talks in the terminal, and leaves no process behind at Ctrl-C', async () => {
    const { child, ended, printed, mark, environment, edgePort, output } = await start();
    await printed('Ctrl-C stops everything.');
    expect(output()).toMatch(/Compiling tandem-mini/);
    expect(output()).toContain(`curl http://127.0.0.1:${edgePort}/v1/chat/completions`);

    const chat = await runCli(['chat', '--persona', 'i have a parrot.'], { environment, input: 'hello\n' });
    expect(chat.code).toBe(0);
    expect(chat.stdout).toMatch(/^bot: .*\p{L}/mu);

    expect((await runningWith(mark)).length).toBeGreaterThan(2);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(await runningWith(mark)).toEqual([]);
  });

  it('stops while it is still starting', async () => {
    const { child, ended, printed, mark } = await start();
    await printed('Starting tandem-mini');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(await runningWith(mark)).toEqual([]);
  });

  it('says in one line which tier failed, and stops the other', async () => {
    const { ended, printed, mark, output } = await start();
    await printed('Ctrl-C stops everything.');
    const commands = await readdir('/proc');
    for (const pid of commands.filter((name) => /^\d+$/.test(name))) {
      const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      if (environ.includes(mark) && command.includes('gpu-backend/main.ts'))
        process.kill(Number(pid), 'SIGKILL');
    }
    expect(await ended).toBe(1);
    expect(output()).toMatch(/^tandem: the backend ended\..*$/m);
    expect(await runningWith(mark)).toEqual([]);
  });
});
