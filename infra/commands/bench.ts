import { Command, InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import { apiKey, EDGE_URL_HELP, EdgeClient, edgeAddress, KEY_FILE_HELP } from '../edge-client.ts';
import { KeepAliveClient } from '../load/keep-alive-client.ts';
import { type Load, type MeasuredLoad, measureLoad } from '../load/measure-load.ts';
import { untilInterrupted } from '../terminal/interruption.ts';
import { note, printJson } from '../terminal/output.ts';
import { UsageError } from '../user-error.ts';
import { describeLoad, hints, lateNote, loadFacts, loadTable } from './bench/describe.ts';
import { chatBody } from './bench/messages.ts';
import { type JsonOption, withJson } from './json-option.ts';

const DEFAULT_CLIENTS = [1, 2, 4, 8];
const MOST_CLIENTS = 500;
const MOST_PER_SECOND = 1_000;
const MOST_SECONDS = 600;
const MOST_LOADS = 20;
/** Each holds a connection, and systems have room for some thousands. */
const MOST_OPEN = 5_000;

export function benchCommand(): Command {
  const clients = new Option(
    '--clients <n...>',
    'so many who each wait for their answer before they ask again',
  );
  const rate = new Option('--rate <n...>', 'requests a second that come whether or not others are answered');
  const command = new Command('bench')
    .description('measure how fast an edge answers: latencies, throughput, and what comes in time')
    .option('--url <url>', EDGE_URL_HELP)
    .option('--key-file <file>', KEY_FILE_HELP)
    .addOption(clients.argParser(listOf(wholeUpTo(MOST_CLIENTS))))
    .addOption(rate.argParser(listOf(upTo(MOST_PER_SECOND))))
    .option('--seconds <n>', 'how long each load lasts', upTo(MOST_SECONDS), 10)
    .option('--deadline-ms <n>', 'an answer within this is in time', upTo(600_000), 5_000)
    .option('--timeout-ms <n>', 'how long an answer is waited for', upTo(600_000), 30_000)
    .option('--max-tokens <n>', "tokens of each reply at most (default: the model's own)", wholeUpTo(4_096))
    .option('--message <text...>', 'what is said, in turn (default: some questions in English)');
  return withJson(command, 'the "url", what was asked for, and a list "loads" with the figures of each')
    .addHelpText(
      'after',
      `
Each load is offered for --seconds, one after the other; its first quarter warms up and is not counted. Requests of --rate come at
random, as people do, and are sent whatever became of earlier ones: latency counts from when each was to be sent, so that a
server that stalls is charged for all who wait. What is under way when a load ends is waited for, and counts for latency alone; where
no answer came before, a note says how long they take. Without --clients and --rate there are ${DEFAULT_CLIENTS.join(', ')} clients. Ctrl-C ends it and shows
what was measured until then.

An edge bounds bursts, of an address without a key and of a secret key (wrangler.toml): what is above that is answered with 429.
It ends with 1 where nothing was answered.

Each of the JSON's "loads" has "clients" or "rate", "seconds", "requests", "offered_per_second", "throughput_per_second",
"goodput_per_second" (in time), "latency_ms" with "p50", "p90" and "p99" or null, "not_answered" by status (0: no answer), "lateness_ms",
the 99th percentile of how late this machine sent, and "late_ms", where answers came after the load alone: how long the quickest took.

Examples:
  tandem bench
  tandem bench --rate 0.5 1 2 --seconds 60
  tandem bench --url https://chat.example.com --key-file shop.key --clients 1 8 --json > bench.json`,
    )
    .action(bench);
}

interface BenchOptions extends JsonOption {
  url?: string;
  keyFile?: string;
  clients?: number[];
  rate?: number[];
  seconds: number;
  deadlineMs: number;
  timeoutMs: number;
  maxTokens?: number;
  message?: string[];
}

async function bench(options: BenchOptions): Promise<void> {
  const loads = loadsOf(options);
  const edge = edgeAddress(options.url);
  const key = await apiKey(options);
  // What is wrong with the address or the key is said in the edge's own words, before anything is measured.
  await new EdgeClient(edge, key).call(z.object({ choices: z.array(z.unknown()) }), {
    path: 'v1/chat/completions',
    body: chatBody(0, options),
  });
  const client = new KeepAliveClient({
    url: `${edge.href.replace(/\/+$/, '')}/v1/chat/completions`,
    ...(key !== undefined && { headers: { authorization: `Bearer ${key}` } }),
    timeoutMs: options.timeoutMs,
  });
  const { signal } = untilInterrupted();
  signal.addEventListener('abort', () => client.close());
  const send = (index: number) => client.post(JSON.stringify(chatBody(index, options)));
  const measured: MeasuredLoad[] = [];
  for (const load of loads) {
    note(`Measuring ${describeLoad(load)} for ${options.seconds} s …`);
    const one = await measureLoad(send, load, { ...options, signal });
    measured.push(one);
    if (one.lateMs !== undefined) note(lateNote(one, one.lateMs));
    if (signal.aborted) break;
  }
  client.close();
  show(measured, { ...options, url: edge.href });
  signal.throwIfAborted();
  if (!measured.some(isAnswered)) process.exitCode = 1;
}

/** In its time, or, where replies take longer than it lasted, later. */
function isAnswered({ figures, lateMs }: MeasuredLoad): boolean {
  return figures.throughput > 0 || lateMs !== undefined;
}

function show(measured: MeasuredLoad[], options: BenchOptions & { url: string }): void {
  const { url, seconds, deadlineMs, json } = options;
  if (json) {
    printJson({ url, seconds, deadline_ms: deadlineMs, loads: measured.map(loadFacts) });
    return;
  }
  console.log(loadTable(measured));
  for (const hint of hints(measured, deadlineMs)) note(hint);
}

/** @throws {UsageError} for more than this machine, or anybody's patience, could bear */
function loadsOf({ clients, rate, timeoutMs }: BenchOptions): Load[] {
  const chosen = clients ?? (rate === undefined ? DEFAULT_CLIENTS : []);
  const loads = [
    ...chosen.map((each) => ({ clients: each })),
    ...(rate ?? []).map((each) => ({ rate: each })),
  ];
  if (loads.length > MOST_LOADS)
    throw new UsageError(`these are ${loads.length} loads: at most ${MOST_LOADS} are measured at once.`);
  const fastest = Math.max(0, ...(rate ?? []));
  const open = Math.ceil((fastest * timeoutMs) / 1_000);
  if (open > MOST_OPEN)
    throw new UsageError(
      `--rate ${fastest} with --timeout-ms ${timeoutMs} could leave ${open} requests open, of at most ${MOST_OPEN}: lower one of them.`,
    );
  return loads;
}

function upTo(most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (value > 0 && value <= most) return value;
    throw new InvalidArgumentError(`It is a number above 0 and at most ${most}.`);
  };
}

function wholeUpTo(most: number) {
  return (text: string): number => {
    if (/^[1-9]\d{0,8}$/.test(text) && Number(text) <= most) return Number(text);
    throw new InvalidArgumentError(`It is a whole number from 1 to ${most}.`);
  };
}

/** For an option that takes several. */
function listOf(parse: (text: string) => number) {
  return (text: string, before: number[] = []): number[] => [...before, parse(text)];
}
