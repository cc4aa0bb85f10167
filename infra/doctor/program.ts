import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { makeFolder } from '../../gpu-backend/compiler/make-folder.ts';
import { formatBytes } from '../terminal/quantities.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const run = promisify(execFile);
const INSTALL = 'Run "npm ci" again, in the folder of Tandem.';
/** The first that strips types by itself. */
const LEAST_NODE = [22, 18] as const;
/** A compiled 3B in int8 takes 3 GB. */
const LITTLE_SPACE = 4e9;

/** The program itself: Node, what is native in its packages, and room for what it makes. */
export async function examineProgram({
  home,
  node = process.versions.node,
}: {
  home: string;
  node?: string;
}) {
  return [
    nodeFinding(node),
    await nativeFinding('ONNX Runtime', loadOnnxRuntime),
    await nativeFinding('workerd', runWorkerd),
    await spaceFinding(home),
  ];
}

function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  if (isEnough) return ok('Node', version);
  const advice = `Install ${LEAST_NODE.join('.')} or newer, or start Tandem with npm on Linux (x64), which brings its own.`;
  return problem('Node', `${version} is too old`, advice);
}

async function nativeFinding(about: string, use: () => Promise<string>): Promise<Finding> {
  try {
    return ok(about, await use());
  } catch (error) {
    return problem(about, `cannot be used: ${(error as Error).message.split('\n')[0]}`, INSTALL);
  }
}

async function loadOnnxRuntime(): Promise<string> {
  await import('../../gpu-backend/runtime/without-telemetry.ts');
  const { env } = await import('onnxruntime-node');
  return env.versions.node ?? 'is there';
}

async function runWorkerd(): Promise<string> {
  const bin = createRequire(import.meta.resolve('wrangler')).resolve('workerd/bin/workerd');
  const { stdout } = await run(process.execPath, [bin, '--version']);
  return stdout.trim().replace(/^workerd /, '');
}

async function spaceFinding(home: string): Promise<Finding> {
  const about = 'disk';
  try {
    await makeFolder(home);
    const { bavail, bsize } = await statfs(home);
    const room = `${formatBytes(bavail * bsize)} free in ${home}`;
    if (bavail * bsize >= LITTLE_SPACE) return ok(about, room);
    return warning(
      about,
      room,
      'Make room, or let TANDEM_HOME name a folder on another disk: models take gigabytes.',
    );
  } catch (error) {
    const advice = 'Make the folder writable, or let TANDEM_HOME name another.';
    return problem(about, `nothing can be kept: ${(error as Error).message}`, advice);
  }
}
