/** What greedy replies would cost in chunks, the state between them going out of the graph and in again. */
import { cpus, loadavg } from 'node:os';
import { Command } from 'commander';
import {
  type GenerationSession,
  openGenerationSession,
} from '../../gpu-backend/runtime/generation-session.ts';
import { servableModel } from '../../infra/local/compiled-model.ts';
import { modelPlaces } from '../../infra/local/model-places.ts';
import { EMBEDDED_CHECKPOINT } from '../../infra/paths.ts';
import { count, counts } from './option-values.ts';
import { table } from './report/markdown.ts';
import { publish } from './report/publish.ts';
import { spread } from './statistics.ts';
import { StateCarrier } from './streaming/state-run.ts';
import { type Case, generatedTokens, makeRequest } from './workload.ts';

interface Options {
  model?: string;
  rows: number[];
  chunks: number[];
  input: number;
  output: number;
  runs: number;
  threads?: number;
  publish: boolean;
}

interface Row {
  rows: number;
  chunk: number;
  wholeSeconds: number;
  firstChunkSeconds: number;
  /** Carrying the cache and the cross-attention's keys and values over all boundaries. */
  carrySeconds: number;
  /** Encoding anew at each boundary instead of carrying what the encoder gave. */
  restartSeconds: number;
  largestStateBytes: number;
}

const options = new Command('bench:streaming')
  .description('Measures what greedy replies would cost in chunks: the price of sending tokens as they come.')
  .option('--model <dir>', 'a compiled model; without, the embedded one')
  .option('--rows <list>', 'rows of a batch', counts, [1, 8])
  .option('--chunks <list>', 'tokens of a chunk', counts, [1, 4, 16])
  .option('--input <n>', 'tokens that are read', count, 32)
  .option('--output <n>', 'tokens that are written, start and end included', count, 60)
  .option('--runs <n>', 'measured runs of each kind', count, 5)
  .option('--threads <n>', "threads of a run; the runtime's own choice without", count)
  .option('--publish', 'put the results into BENCHMARKS.md', false)
  .parse()
  .opts<Options>();

const [loadBefore] = loadavg();
const session = await openGenerationSession(options.model ?? (await embeddedModel()), {
  threads: options.threads,
});
const results: Row[] = [];
for (const rows of options.rows) results.push(...(await measureRows(session, rows)));
await session.release();
const markdown = render();
console.log(markdown);
if (options.publish) {
  await publish('streaming', {
    results: { model: session.manifest.name, options, results },
    markdown,
    charts: {},
  });
}

async function embeddedModel(): Promise<string> {
  const { signal } = new AbortController();
  const places = { ...modelPlaces(), log: console.error, signal };
  return (await servableModel(EMBEDDED_CHECKPOINT, places)).directory;
}

async function measureRows({ manifest }: GenerationSession, rows: number): Promise<Row[]> {
  const { input, output, runs, chunks } = options;
  const { shape } = manifest;
  const heads = shape['decoder_attention_heads']!;
  const carrier = await StateCarrier.open({
    layers: shape['decoder_layers']!,
    heads,
    headSize: shape['d_model']! / heads,
    rows,
    input,
  });
  const whole = await secondsOf({ rows, beams: 1, input, output });
  const oneToken = await secondsOf({ rows, beams: 1, input, output: 2 });
  const measured: Row[] = [];
  for (const chunk of chunks) {
    const tokens = output - 1;
    const boundaries = Math.ceil(tokens / chunk) - 1;
    const seconds: number[] = [];
    for (let run = 0; run <= runs; run++) seconds.push(await carrier.secondsOfReply({ tokens, chunk }));
    measured.push({
      rows,
      chunk,
      wholeSeconds: whole,
      firstChunkSeconds: await secondsOf({ rows, beams: 1, input, output: chunk + 1 }),
      carrySeconds: spread(seconds.slice(1)).median,
      restartSeconds: boundaries * oneToken,
      largestStateBytes: carrier.bytes(tokens),
    });
  }
  await carrier.release();
  return measured;
}

/** Of one run, by the median; the first one warms up. */
async function secondsOf(point: Case): Promise<number> {
  const { input_ids, parameters } = makeRequest(point, session.manifest.vocabSize);
  const complete = { ...session.manifest.recommendedGeneration, ...parameters };
  const rows = input_ids.map((inputIds) => ({ inputIds, parameters: complete }));
  const seconds: number[] = [];
  for (let run = 0; run <= options.runs; run++) {
    const started = performance.now();
    await session.generate(rows);
    seconds.push((performance.now() - started) / 1000);
  }
  return spread(seconds.slice(1)).median;
}

function render(): string {
  const { input, output } = options;
  const more = (whole: number, added: number) => `${((100 * added) / whole).toFixed(1)} %`;
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)} with \`npm run bench:streaming\`, ${cpus()[0]!.model}, ${session.manifest.name} in ${session.manifest.precision};`,
    `the machine's load before the run was ${loadBefore!.toFixed(1)} (0 is a quiet machine). Greedy replies, ${input} tokens in, ${output} out.\n`,
    table(
      [
        'rows',
        'tokens a chunk',
        'whole reply, ms',
        'tokens/s',
        'first chunk, ms',
        'state, MB',
        'carried: more time',
        'encoded anew: more time',
      ],
      results.map((row) => [
        String(row.rows),
        String(row.chunk),
        (1000 * row.wholeSeconds).toFixed(1),
        (generatedTokens({ rows: row.rows, beams: 1, input, output }) / row.wholeSeconds).toFixed(0),
        (1000 * row.firstChunkSeconds).toFixed(1),
        (row.largestStateBytes / 1e6).toFixed(1),
        more(row.wholeSeconds, row.carrySeconds),
        more(row.wholeSeconds, row.restartSeconds),
      ]),
    ),
  ].join('\n');
}
