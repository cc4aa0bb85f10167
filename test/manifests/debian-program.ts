import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TANDEM_HOME } from '../../infra/paths.ts';
import { exists } from '../bench/environment.ts';
import { runCommand } from '../bench/run-command.ts';

/** A program that a package of Debian has. */
interface Program {
  name: string;
  /** The package; by default it has the program's name. */
  from?: string;
  /** Within the package. */
  path: string;
  /** Whether the machine's own will do: of some programs there are others by the same name. */
  mayBeOwn: boolean;
}

/** The Debian that has packages of all of them. */
const SUITE = 'trixie';

/** Debian's program, unpacked beside the project: without root, and the system stays as it is. */
export async function findProgram({ name, from = name, path, mayBeOwn }: Program): Promise<string> {
  const own = mayBeOwn ? (await runCommand('sh', ['-c', `command -v ${name} || true`])).trim() : '';
  if (own !== '') return own;
  const folder = join(TANDEM_HOME, 'manifests', from);
  const program = join(folder, path);
  if (!(await exists(program))) await unpackPackage(from, folder);
  return program;
}

async function unpackPackage(name: string, folder: string): Promise<void> {
  console.error(`Fetching ${name}, Debian's package (once) …`);
  await rm(folder, { recursive: true, force: true });
  const lists = join(folder, 'apt/lists');
  await mkdir(join(lists, 'partial'), { recursive: true });
  const sources = join(folder, 'apt/debian.list');
  await writeFile(sources, await sourceOf(SUITE, name));
  const options = Object.entries({
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': lists,
    'Dir::Cache': join(folder, 'apt'),
    'Acquire::Languages': 'none',
  }).flatMap(([option, value]) => ['-o', `${option}=${value}`]);
  await runCommand('apt-get', [...options, '-q', 'update'], { cwd: folder });
  await runCommand('apt-get', [...options, '-q', 'download', name], { cwd: folder });
  const [archive] = (await readdir(folder)).filter((file) => file.endsWith('.deb'));
  await runCommand('dpkg', ['-x', join(folder, archive!), folder]);
  await rm(join(folder, 'apt'), { recursive: true });
}

/** One line for apt: `suite` from where this Debian's own packages come. */
async function sourceOf(suite: string, name: string): Promise<string> {
  const { VERSION_CODENAME } = Object.fromEntries(
    (await readFile('/etc/os-release', 'utf8')).split('\n').map((line) => line.split('=')),
  );
  const targets = await runCommand('apt-get', [
    'indextargets',
    '--format',
    '$(RELEASE) $(COMPONENT) $(REPO_URI)',
  ]);
  for (const [release, component, url] of targets.split('\n').map((line) => line.split(' '))) {
    if (release === VERSION_CODENAME && component === 'main')
      return `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${url} ${suite} main\n`;
  }
  throw new Error(
    `${name} is missing: install it. Only on a Debian it is fetched from the system's own sources.`,
  );
}
