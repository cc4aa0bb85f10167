import { Command } from 'commander';
import { faster, fitRunCost } from '../../gpu-backend/simulator/run-cost.ts';
import { inBench } from './environment.ts';
import { publish } from './report/publish.ts';
import { renderSimulation, type SimulationResults } from './simulation/markdown.ts';
import { readMeasuredCosts } from './simulation/measured-costs.ts';
import { type Basis, type Played, play, scenarios } from './simulation/scenarios.ts';

const args = process.argv.slice(2);
const options = new Command('simulate')
  .description(
    'Plays requests to the real scheduler in virtual time: what its knobs do, on one processor and on fleets of GPUs.',
  )
  .option('--costs <file>', 'results of bench:generation', inBench('results/growth.json'))
  .option('--contender <name>', 'whose runs to take from them', 'Tandem int8')
  .option('--beams <n>', 'beams of each request', Number, 10)
  .option('--input <n>', 'tokens that each request reads', Number, 60)
  .option('--replies <min-max>', 'tokens that replies have, each number as likely', readRange, {
    min: 20,
    max: 40,
  })
  .option('--timeout <seconds>', 'how long clients wait', Number, 10)
  .option('--jitter <n>', "ASSUMPTION: standard deviation of the logarithm of a run's time", Number, 0.2)
  .option('--gpu-step <n>', 'ASSUMPTION: how many times faster a GPU does a step', Number, 5)
  .option(
    '--gpu-sequence <n>',
    'ASSUMPTION: how many times faster it does each sequence in a step',
    Number,
    100,
  )
  .option('--processor-price <dollars>', 'an hour of a machine with one processor', Number, 0.1)
  .option('--gpu-price <dollars>', 'an hour of a GPU with its share of a machine', Number, 2.5)
  .option('--requests <n>', 'requests of each scenario; fleets and days have more', Number, 5000)
  .option('--max-gpus <n>', 'leaves out larger fleets', Number, 10_000)
  .option('--seed <n>', 'of all random numbers', Number, 1)
  .option('--publish', 'put the results into BENCHMARKS.md', false)
  .parse(args, { from: 'user' })
  .opts<{
    costs: string;
    contender: string;
    beams: number;
    input: number;
    replies: { min: number; max: number };
    timeout: number;
    jitter: number;
    gpuStep: number;
    gpuSequence: number;
    processorPrice: number;
    gpuPrice: number;
    requests: number;
    maxGpus: number;
    seed: number;
    publish: boolean;
  }>();

const costs = await readMeasuredCosts(options.costs, options.contender);
const processor = fitRunCost(costs.runs);
const gpuTimes = { step: options.gpuStep, sequence: options.gpuSequence };
const { beams, input: inputTokens, replies: replyTokens, jitter, requests, seed } = options;
const demand = { beams, inputTokens, replyTokens, timeoutMs: options.timeout * 1000 };
const basis: Basis = { demand, processor, gpu: faster(processor, gpuTimes), jitter, requests, seed };

const played: Played[] = [];
for (const scenario of scenarios(basis)) {
  const { section, labels, supply } = scenario;
  if (section === 'fleet' && supply.machines * supply.workers > options.maxGpus) continue;
  console.error(`${section}: ${labels.join(', ')} …`);
  played.push(await play(scenario, seed));
}
const results: SimulationResults = {
  command: ['npm run simulate', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
  basis,
  costs,
  gpuTimes,
  prices: { processor: options.processorPrice, gpu: options.gpuPrice },
  played,
};
const markdown = renderSimulation(results);
console.log(markdown);
if (options.publish) await publish('simulation', { results, markdown, charts: {} });

function readRange(given: string): { min: number; max: number } {
  const [, min, max] = /^(\d+)-(\d+)$/.exec(given) ?? [];
  if (Number(min) >= 1 && Number(max) >= Number(min)) return { min: Number(min), max: Number(max) };
  throw new Error(`--replies takes two numbers such as 20-40, not ${JSON.stringify(given)}.`);
}
