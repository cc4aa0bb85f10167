import { readdir, readFile } from 'node:fs/promises';

export interface RunningProcess {
  pid: number;
  command: string;
}

/** Processes with this text in their environment that still run; one that has ended and waits for its parent does not. */
export async function runningWith(mark: string): Promise<RunningProcess[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  const found = await Promise.all(
    processes.map(async (pid) => ({
      pid: Number(pid),
      command: (await read(`/proc/${pid}/environ`)).includes(mark)
        ? (await read(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ')
        : '',
    })),
  );
  return found.filter(({ command }) => command !== '');
}
