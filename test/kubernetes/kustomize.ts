import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TANDEM_HOME } from '../../infra/paths.ts';
import { exists } from '../bench/environment.ts';
import { runCommand } from '../bench/run-command.ts';

/** The Debian that has a package of kustomize. */
const SUITE = 'trixie';
const FOLDER = join(TANDEM_HOME, 'kubernetes', 'kustomize');

/** The machine's own kustomize, or Debian's package, unpacked beside the project: without root, and the system stays as it is. */
export async function findKustomize(): Promise<string> {
  const own = await runCommand('sh', ['-c', 'command -v kustomize || true']);
  if (own.trim() !== '') return own.trim();
  const program = join(FOLDER, 'usr/bin/kustomize');
  if (!(await exists(program))) await unpackPackage();
  return program;
}

async function unpackPackage(): Promise<void> {
  console.error("Fetching kustomize, Debian's package (once) …");
  await rm(FOLDER, { recursive: true, force: true });
  const lists = join(FOLDER, 'apt/lists');
  await mkdir(join(lists, 'partial'), { recursive: true });
  const sources = join(FOLDER, 'apt/debian.list');
  await writeFile(sources, await sourceOf(SUITE));
  const options = Object.entries({
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': lists,
    'Dir::Cache': join(FOLDER, 'apt'),
    'Acquire::Languages': 'none',
  }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await runCommand('apt-get', [...options, '-q', 'update'], { cwd: FOLDER });
  await runCommand('apt-get', [...options, '-q', 'download', 'kustomize'], { cwd: FOLDER });
  const [archive] = (await readdir(FOLDER)).filter((name) => name.endsWith('.deb'));
  await runCommand('dpkg', ['-x', join(FOLDER, archive!), FOLDER]);
  await rm(join(FOLDER, 'apt'), { recursive: true });
}

/** One line for apt: `suite` from where this Debian's own packages come. */
async function sourceOf(suite: string): Promise<string> {
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
    "kustomize is missing: install it. Only on a Debian it is fetched from the system's own sources.",
  );
}
