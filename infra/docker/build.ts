import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { PROJECT } from '../paths.ts';
import {
  BUILDERS,
  type Builder,
  buildCommand,
  type ImageBuild,
  TARGETS,
  type Target,
} from './build-command.ts';

const run = promisify(execFile);

interface Options {
  target: Target;
  tag?: string;
  builder?: Builder;
  base?: string;
  buildImage?: string;
  pythonImage?: string;
  out: string;
}

const options = new Command('container:build')
  .description("Builds the backend's image with docker or buildah, and puts its list of packages beside it.")
  .addOption(
    new Option('--target <target>', 'cuda needs an NVIDIA GPU to run').choices(TARGETS).default('cpu'),
  )
  .option('--tag <name>', 'name of the image (default: "tandem-backend:TARGET")')
  .addOption(
    new Option('--builder <name>', 'by default docker where it runs, else buildah').choices(BUILDERS),
  )
  .option('--base <image>', 'what it runs on: anything with glibc >= 2.28 and libstdc++')
  .option('--build-image <image>', 'what it is built with: Node >= 22.18 and npm')
  .option('--python-image <image>', "where pip gets CUDA's libraries")
  .option('--out <dir>', 'folder for the list of packages (CycloneDX)', join(PROJECT, '.tandem/container'))
  .parse()
  .opts<Options>();

try {
  await build(options);
} catch (error) {
  console.error(`container:build: ${(error as Error).message}`);
  process.exitCode = 1;
}

async function build({ target, tag = `tandem-backend:${target}`, out, ...given }: Options): Promise<void> {
  const builder = given.builder ?? (await findBuilder());
  const common = {
    builder,
    buildArguments: {
      BASE_IMAGE: given.base,
      BUILD_IMAGE: given.buildImage,
      PYTHON_IMAGE: given.pythonImage,
      VERSION: packageJson.version,
      REVISION: await revision(),
      NPM_CONFIG_REGISTRY: process.env['NPM_CONFIG_REGISTRY'] ?? process.env['npm_config_registry'],
      PIP_INDEX_URL: process.env['PIP_INDEX_URL'],
    },
    // This machine's own ways to its registries. A secret is there for one step and in no layer.
    secrets: {
      npmrc: await ifThere(process.env['npm_config_userconfig'] ?? join(homedir(), '.npmrc')),
      pipconf: await ifThere(process.env['PIP_CONFIG_FILE'] ?? '/etc/pip.conf'),
      certificates: await ifThere(process.env['NODE_EXTRA_CA_CERTS'] ?? ''),
    },
  };
  await runBuilder({ ...common, stage: target, result: { tag } });
  const { stdout: size } = await run(builder, ['images', '--format', '{{.Size}}', tag]);

  await mkdir(out, { recursive: true });
  const folder = await mkdtemp(join(out, 'sbom-'));
  await runBuilder({ ...common, stage: `sbom-${target}`, result: { folder } });
  const sbom = join(out, `${tag.replace(/^.*\//, '').replaceAll(':', '-')}.cdx.json`);
  await rename(join(folder, 'sbom.cdx.json'), sbom);
  await rm(folder, { recursive: true });
  console.log(`${tag}: ${size.trim()}. Its packages: ${sbom}`);
}

async function runBuilder(build: ImageBuild): Promise<void> {
  const child = spawn(build.builder, buildCommand(build), {
    cwd: PROJECT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${build.builder} failed (${code}) in the stage "${build.stage}".`);
}

/** Docker's client alone builds nothing: its daemon has to answer. */
async function findBuilder(): Promise<Builder> {
  for (const [builder, args] of [
    ['docker', ['version']],
    ['buildah', ['--version']],
  ] as const) {
    if (await succeeds(builder, args)) return builder;
  }
  throw new Error('neither docker (with its daemon running) nor buildah is here: install one of them.');
}

function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return run(command, [...args]).then(
    () => true,
    () => false,
  );
}

/** The commit that is built; undefined outside a repository. */
async function revision(): Promise<string | undefined> {
  return run('git', ['rev-parse', 'HEAD'], { cwd: PROJECT }).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}

async function ifThere(path: string): Promise<string | undefined> {
  return path === ''
    ? undefined
    : access(path).then(
        () => path,
        () => undefined,
      );
}
