import { Command } from 'commander';
import { examineBackend } from '../doctor/backend.ts';
import { examineEdge } from '../doctor/edge.ts';
import { describeFinding } from '../doctor/describe-finding.ts';
import { type Finding, isProblem } from '../doctor/finding.ts';
import { examineGpu } from '../doctor/gpu.ts';
import { examineModels } from '../doctor/models.ts';
import { examinePort } from '../doctor/ports.ts';
import { examineProgram } from '../doctor/program.ts';
import { EDGE_URL_HELP, edgeAddress } from '../edge-client.ts';
import { modelPlaces } from '../local/model-places.ts';
import { LOOPBACK, portFromEnvironment } from '../local/ports.ts';
import { TANDEM_HOME } from '../paths.ts';
import { printJson } from '../terminal/output.ts';
import { knownAdminToken, localVariable } from './admin-client.ts';
import { type JsonOption, withJson } from './json-option.ts';

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('look for what is wrong, and say what to do about it')
    .option('--url <url>', EDGE_URL_HELP)
    .option('--backend <url>', 'a backend to look at (default: this machine, BACKEND_PORT or 9000)')
    .option('--model <model>', 'a model to hold against its manifest, besides the kept ones')
    .option('--gpu', 'a GPU with CUDA is to be here', false);
  return withJson(
    command,
    'a list of findings, each "about" something, with its "state", what was "found" and perhaps "advice"',
  )
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

interface DoctorOptions extends JsonOption {
  url?: string;
  backend?: string;
  model?: string;
  gpu: boolean;
}

async function doctor(options: DoctorOptions): Promise<void> {
  const findings = await examine(options);
  if (options.json) printJson(findings);
  else for (const finding of findings) console.log(describeFinding(finding));
  if (findings.some(isProblem)) process.exitCode = 1;
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

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
