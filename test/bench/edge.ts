import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Command, InvalidArgumentError } from 'commander';
import { servableModel } from '../../infra/local/compiled-model.ts';
import { Tier } from '../../infra/local/tier.ts';
import { BACKEND_MAIN, COMPILED_MODELS, EMBEDDED_CHECKPOINT, PROJECT } from '../../infra/paths.ts';
import { freePort } from '../end-to-end/free-port.ts';
import { bareWorker } from './edge/bare-worker.ts';
import { bundleWorker, measureStartup } from './edge/bundle.ts';
import { type EdgeInWorkerd, FROM_LOOPBACK, startEdge, tellsCpuTime } from './edge/edge-in-workerd.ts';
import { type Call, closeConnections, throughput, timeOf, timesInTurn, timesOf } from './edge/load.ts';
import { cpuMs } from './edge/process-cpu.ts';
import { type EdgeResults, renderEdge } from './edge/report.ts';
import { measureTokenization } from './edge/tokenization.ts';
import { inBench } from './environment.ts';
import { publish } from './report/publish.ts';
import { percentilesOf } from './statistics.ts';
import { readVersions } from './versions.ts';

interface Options {
  rounds: number;
  atOnce: number;
  python?: string;
  publish: boolean;
}

const options = new Command('bench:edge')
  .description(
    'Measures what the worker adds to a reply, in real workerd, beside the same request straight to the backend.',
  )
  .option('--rounds <n>', 'requests of each kind', count, 2_000)
  .option('--at-once <n>', 'clients at the same time, for throughput', count, 16)
  .option(
    '--python <path>',
    'a Python with the Rust library `tokenizers` ($BENCH_PYTHON); else it is not measured',
  )
  .option('--publish', 'put the results into BENCHMARKS.md', false)
  .parse()
  .opts<Options>();

const ADMIN_TOKEN = randomBytes(32).toString('hex');

const TURNS = [
  'Hello! How are you today?',
  "I'm doing well, thanks. I just came back from a walk with my dog.",
  'What kind of dog do you have?',
  'A border collie. She is four years old and loves to run on the beach.',
  'That sounds lovely. Do you live near the sea, then?',
];
const body = JSON.stringify({
  messages: TURNS.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content })),
});

const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-edge-'));
const running: (() => Promise<unknown>)[] = [];
try {
  const results = await measure();
  const markdown = renderEdge(results);
  console.log(markdown);
  if (options.publish) await publish('edge', { results, markdown, charts: {} });
} finally {
  closeConnections();
  for (const stop of running.toReversed()) await stop();
  await rm(folder, { recursive: true, force: true });
}

async function measure(): Promise<EdgeResults> {
  const [loadBefore] = loadavg();
  const bundle = await bundleWorker(join(folder, 'bundle'));
  const startupMs = await measureStartup(folder);
  const realUrl = await startRealBackend();
  const instantUrl = await startRecordingBackend(realUrl);
  const variables = { BACKEND_URL: instantUrl, ADMIN_TOKEN };
  const beforeInstant = await start(startEdge(bundle, variables));
  const beforeReal = await start(startEdge(bundle, { BACKEND_URL: realUrl }));
  const [throughInstant, throughReal] = [callOf(beforeInstant), callOf(beforeReal)];

  // The first request is the one that is recorded.
  await timeOf(throughInstant);
  const request = await (await fetch(`${instantUrl}/recorded`)).text();
  const direct = (url: string): Call => ({
    url: `${url}/v2/models/tandem-mini/infer`,
    headers: {},
    body: request,
  });
  const withKey = await keyedCallOf(beforeInstant);
  const bare = callOf(await start(startEdge(bareWorker({ asksLimiter: false }), variables)));
  const limited = callOf(await start(startEdge(bareWorker({ asksLimiter: true }), variables)));
  const asServed = callOf(await start(startEdge(bundle, variables, { staticFiles: true })));
  const warmUp = Math.ceil(options.rounds / 2);
  const inTurn = [throughInstant, direct(instantUrl), withKey, bare, limited, asServed];
  await timesInTurn(inTurn, warmUp);
  await timesInTurn([throughReal, direct(realUrl)], warmUp);

  const instant = await timesInTurn(inTurn, options.rounds);
  const real = await timesInTurn([throughReal, direct(realUrl)], options.rounds);
  const alone = await perRequest(beforeInstant, () => timesOf(throughInstant, options.rounds));
  const rate = { count: options.rounds * 4, atOnce: options.atOnce };
  await throughput(throughInstant, { ...rate, count: options.rounds });
  let requestsPerSecond = 0;
  const together = await perRequest(
    beforeInstant,
    async () => {
      requestsPerSecond = await throughput(throughInstant, rate);
    },
    rate.count,
  );
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]!.model,
    versions: await readVersions(undefined),
    loadBefore: loadBefore!,
    rounds: options.rounds,
    atOnce: options.atOnce,
    instant: {
      edge: percentilesOf(instant[0]!),
      backend: percentilesOf(instant[1]!),
      withKey: percentilesOf(instant[2]!),
      bare: percentilesOf(instant[3]!),
      limited: percentilesOf(instant[4]!),
      asServed: percentilesOf(instant[5]!),
    },
    real: { edge: percentilesOf(real[0]!), backend: percentilesOf(real[1]!) },
    cpuMs: alone === null || together === null ? null : { oneByOne: alone, atOnce: together },
    requestsPerSecond,
    tokenization: await measureTokenization(TURNS, options.python ?? process.env['BENCH_PYTHON']),
    bundle: { bytes: bundle.bytes, gzipBytes: bundle.gzipBytes },
    startupMs,
  };
}

/** workerd's processor time for each of the requests that `work` sends, in milliseconds; null where the system does not tell. */
async function perRequest(
  { pid }: EdgeInWorkerd,
  work: () => Promise<unknown>,
  requests = options.rounds,
): Promise<number | null> {
  const tells = await tellsCpuTime();
  const before = tells ? await cpuMs(pid) : 0;
  await work();
  return tells ? ((await cpuMs(pid)) - before) / requests : null;
}

function callOf({ url }: EdgeInWorkerd): Call {
  return { url: `${url}/v1/chat/completions`, headers: FROM_LOOPBACK, body };
}

/** The same with a secret key, whose requests and tokens are counted: what a deployed worker does for each request. */
async function keyedCallOf(edge: EdgeInWorkerd): Promise<Call> {
  const quota = { limit: 1_000_000_000, window_seconds: 86_400 };
  const response = await fetch(`${edge.url}/admin/v1/keys`, {
    method: 'POST',
    headers: {
      ...FROM_LOOPBACK,
      authorization: `Bearer ${ADMIN_TOKEN}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ kind: 'secret', limits: { requests: quota, tokens: quota } }),
  });
  if (!response.ok) throw new Error(`The edge made no key: ${await response.text()}`);
  const { key } = (await response.json()) as { key: string };
  const call = callOf(edge);
  return { ...call, headers: { ...call.headers, authorization: `Bearer ${key}` } };
}

async function start(starting: Promise<EdgeInWorkerd>): Promise<EdgeInWorkerd> {
  const edge = await starting;
  running.push(edge.stop);
  return edge;
}

async function startRealBackend(): Promise<string> {
  const log = (line: string) => console.error(line);
  const model = await servableModel(EMBEDDED_CHECKPOINT, {
    modelsDirectory: COMPILED_MODELS,
    hubCache: join(folder, 'hub'),
    log,
  });
  const port = await freePort();
  const backend = new Tier({
    name: 'backend',
    script: [BACKEND_MAIN],
    workingDirectory: PROJECT,
    environment: {
      HOST: '127.0.0.1',
      BACKEND_PORT: String(port),
      MODEL_DIR: model.directory,
      MODEL_NAME: 'tandem-mini',
      MODELS: undefined,
      BACKEND_TOKEN: undefined,
    },
    logFile: join(folder, 'backend.log'),
    verbose: false,
  });
  running.push(() => backend.stop());
  const url = `http://127.0.0.1:${port}`;
  const patience = { timeoutMs: 60_000, signal: new AbortController().signal };
  await backend.ready(`${url}/v2/health/ready`, patience);
  return url;
}

async function startRecordingBackend(target: string): Promise<string> {
  const child: ChildProcess = spawn(process.execPath, [inBench('edge/recording-backend.ts'), target], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(async () => {
    child.kill();
    await once(child, 'close');
  });
  const [line] = await once(createInterface({ input: child.stdout! }), 'line');
  return line as string;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('A whole number from 1 on.');
  return value;
}
