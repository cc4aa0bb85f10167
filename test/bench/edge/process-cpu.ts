import { readdir, readFile } from 'node:fs/promises';

// Linux counts processor time in hundredths of a second, whatever its clock's own tick.
const MS_PER_TICK = 10;

/** Processor time that a process has used so far, all its threads and the system's work for them, in milliseconds. */
export async function cpuMs(pid: number): Promise<number> {
  const fields = await statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

/** This process's children of a program, by their ids. */
export async function childProcesses(program: string): Promise<number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const isChild = await Promise.all(
    ids.map(async (id) => {
      const [stat, fields] = await Promise.all([readStat(id), statFields(id)]);
      return stat.includes(`(${program})`) && Number(fields[1]) === process.pid;
    }),
  );
  return ids.filter((_, index) => isChild[index]);
}

/** The fields of /proc/PID/stat behind the program's name, which may itself hold spaces: state, parent, … */
async function statFields(pid: number): Promise<string[]> {
  const stat = await readStat(pid);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** "" for a process that has ended meanwhile. */
function readStat(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
}
