import { styleText } from 'node:util';
import { Command } from 'commander';
import { examineBackend } from '../doctor/backend.ts';
import { examineEdge } from '../doctor/edge.ts';
import type { Finding, State } from '../doctor/finding.ts';
import { examineGpu } from '../doctor/gpu.ts';
import { examineModels } from '../doctor/models.ts';
import { examinePort } from '../doctor/ports.ts';
import { examineProgram } from '../doctor/program.ts';
import { EDGE_URL_HELP, edgeAddress } from '../edge-client.ts';
import { modelPlaces } from '../local/model-places.ts';
import { LOOPBACK, portFromEnvironment } from '../local/ports.ts';
import { TANDEM_HOME } from '../paths.ts';
import { plainLine } from '../terminal/plain-text.ts';
import { knownAdminToken, localVariable } from './admin-client.ts';

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('look for what is wrong, and say what to do about it')
    .option('--url <url>', EDGE_URL_HELP)
    .option('--backend <url>', 'a backend to look at (default: this machine, BACKEND_PORT or 9000)')
    .option('--model <model>', 'a model to hold against its manifest, besides the kept ones')
    .option('--gpu', 'a GPU with CUDA is to be here', false)
    .option('--json', 'for programs: a list of findings', false)
    .addHelpText(
      'after',
      `
Looks at Node and its packages, disk, ports, compiled models, the backend and its protocol, the edge with its stores, secrets and
clock, and GPUs. What is not running is left out unless --url or --backend names it. ADMIN_TOKEN opens the edge's stores and
secrets, BACKEND_TOKEN the backend; for what "npm start" runs here both are known. Ends with 1 where there is a problem.

Examples:
  tandem doctor
  tandem doctor --url https://chat.example.com
  tandem doctor --backend https://backend.example.com --gpu`,
    )
    .action(doctor);
}

interface DoctorOptions {
  url?: string;
  backend?: string;
  model?: string;
  gpu: boolean;
  json: boolean;
}

async function doctor(options: DoctorOptions): Promise<void> {
  const findings = await examine(options);
  if (options.json) console.log(JSON.stringify(findings, null, 2));
  else for (const finding of findings) console.log(describe(finding));
  if (findings.some(({ state }) => state === 'problem')) process.exitCode = 1;
}

async function examine({ url, backend, model, gpu }: DoctorOptions): Promise<Finding[]> {
  const edge = edgeAddress(url);
  const edgePort = portFromEnvironment('EDGE_PORT', 8787);
  const backendPort = portFromEnvironment('BACKEND_PORT', 9000);
  const [program, models, gpus] = await Promise.all([
    examineProgram({ home: TANDEM_HOME }),
    examineModels(model, modelPlaces()),
    examineGpu(gpu),
  ]);
  const ports = await Promise.all([
    ...(url === undefined ? [examinePort('EDGE_PORT', edgePort, '/healthz')] : []),
    ...(backend === undefined ? [examinePort('BACKEND_PORT', backendPort, '/v2/health/ready')] : []),
  ]);
  const served = await examineEdge({
    url: withoutSlash(edge.href),
    adminToken: await knownAdminToken(edge),
    isExpected: url !== undefined,
    nowMs: Date.now(),
  });
  const behind = await examineBackend({
    url: withoutSlash(backend ?? `http://${LOOPBACK}:${backendPort}`),
    token:
      process.env['BACKEND_TOKEN'] ||
      (backend === undefined ? await localVariable('BACKEND_TOKEN') : undefined),
    model: served.model,
    isExpected: backend !== undefined,
  });
  return [...program, ...ports, ...models, ...served.findings, ...behind, ...gpus];
}

const COLOURS = { ok: 'green', skipped: 'gray', warning: 'yellow', problem: 'red' } as const satisfies Record<
  State,
  string
>;

/** Colours where a terminal shows them, by NO_COLOR and FORCE_COLOR too. */
function describe({ about, state, found, advice }: Finding): string {
  const mark = styleText(COLOURS[state], state.padEnd(8), { stream: process.stdout });
  const line = `${mark} ${about}: ${plainLine(found)}`;
  return advice === undefined ? line : `${line}\n         → ${advice}`;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
