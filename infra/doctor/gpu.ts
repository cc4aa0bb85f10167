import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { type Finding, ok, problem, skipped } from './finding.ts';

const run = promisify(execFile);
/** What infra/docker/cuda-requirements.txt brings needs it: CUDA 13. */
const LEAST_DRIVER = 580;
const LIBRARIES = [
  'libcudart.so.13',
  'libcublas.so.13',
  'libcublasLt.so.13',
  'libcurand.so.10',
  'libcudnn.so.9',
];

/** A GPU and what ONNX Runtime's CUDA provider needs of this machine. @param isWanted whether one is to be there */
export async function examineGpu(isWanted: boolean): Promise<Finding[]> {
  const driver = await driverVersions();
  if (driver === undefined) {
    if (!isWanted) return [skipped('GPU', 'none here; models run on the processor')];
    const advice = `Install NVIDIA’s driver ${LEAST_DRIVER} or newer; in a container, its container toolkit.`;
    return [problem('GPU', 'nvidia-smi finds none', advice)];
  }
  const findings = driver.map(({ name, version }) => {
    if (Number.parseInt(version, 10) >= LEAST_DRIVER) return ok('GPU', `${name}, driver ${version}`);
    return problem(
      'GPU',
      `${name} has the driver ${version}`,
      `Install ${LEAST_DRIVER} or newer: CUDA 13 needs it.`,
    );
  });
  return isWanted ? [...findings, await providerFinding(), await libraryFinding()] : findings;
}

async function driverVersions(): Promise<{ name: string; version: string }[] | undefined> {
  try {
    const { stdout } = await run('nvidia-smi', ['--query-gpu=name,driver_version', '--format=csv,noheader']);
    return stdout
      .trim()
      .split('\n')
      .map((line) => {
        const [name = '', version = ''] = line.split(', ');
        return { name, version };
      });
  } catch {
    return undefined;
  }
}

async function providerFinding(): Promise<Finding> {
  const about = 'CUDA provider';
  const package_ = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const path = join(
    package_,
    'bin',
    'napi-v6',
    process.platform,
    process.arch,
    'libonnxruntime_providers_cuda.so',
  );
  try {
    await access(path);
    return ok(about, path);
  } catch {
    const advice =
      'Use the image of infra/docker with target cuda; npm’s package has the processor’s provider alone.';
    return problem(about, `${path} is missing`, advice);
  }
}

async function libraryFinding(): Promise<Finding> {
  const about = 'CUDA libraries';
  const listed = await run('ldconfig', ['-p']).then(
    ({ stdout }) => stdout,
    () => '',
  );
  const folders = (process.env['LD_LIBRARY_PATH'] ?? '').split(':').filter((folder) => folder !== '');
  const missing: string[] = [];
  for (const library of LIBRARIES) {
    const inFolders = await Promise.any(folders.map((folder) => access(join(folder, library)))).then(
      () => true,
      () => false,
    );
    if (!inFolders && !listed.includes(`${library} `)) missing.push(library);
  }
  if (missing.length === 0) return ok(about, LIBRARIES.join(', '));
  const advice = 'Install CUDA 13 and cuDNN 9, or use the image of infra/docker with target cuda.';
  return problem(about, `missing: ${missing.join(', ')}`, advice);
}
