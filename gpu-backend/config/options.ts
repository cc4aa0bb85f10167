import { LOG_LEVELS } from '../log.ts';
import { deviceList } from './device-list.ts';
import { modelList } from './model-list.ts';
import {
  integer,
  integerList,
  oneOf,
  type Option,
  optional,
  optionalInteger,
  secret,
  text,
} from './option-kinds.ts';

/** Every option of the backend, under the headings of `--help`. */
export const OPTION_GROUPS = {
  Models: {
    models: modelList('MODELS'),
    modelDirectory: optional(
      'MODEL_DIR',
      'Directory of a compiled model: what `tandem model build` wrote. Further ones with --model.',
    ),
    modelName: optional(
      'MODEL_NAME',
      'Name of the model of MODEL_DIR in URLs, instead of the one in its manifest. Set it where clients ask for another.',
    ),
    devices: deviceList('DEVICES'),
    inferenceThreads: optionalInteger('INFERENCE_THREADS', {
      min: 1,
      max: 1024,
      about:
        'Threads of a run; without it one for each physical core. One fewer where requests are many, so that the server has a core: see BENCHMARKS.md. Fewer where other programs share the cores.',
    }),
  },
  'Batches and the queue': {
    maxBatchSize: integer('MAX_BATCH_SIZE', {
      fallback: 8,
      min: 1,
      max: 1024,
      about:
        'Rows in one run. More raise throughput until memory or latency runs out: each row costs num_beams caches. 8 carry as much as more do on a processor (`npm run simulate`); a GPU takes 32 and more.',
    }),
    preferredBatchSizes: integerList('PREFERRED_BATCH_SIZE', {
      min: 1,
      max: 1024,
      about:
        'Rows with which a batch leaves at once instead of waiting for MAX_QUEUE_DELAY_MICROSECONDS, such as 4,8. Of use only with a delay, where measurements show sizes that run faster for each row.',
    }),
    maxBatchTokens: integer('MAX_BATCH_TOKENS', {
      fallback: 65_536,
      min: 1,
      max: 100_000_000,
      about:
        'Tokens in one run: rows × beams × (longest input + longest max_length). Its keys and values take at most this many times 8 bytes × decoder layers × d_model (0.1 MB a token for 400M in float32): what memory the weights leave, divided by that. A request that needs more by itself is refused.',
    }),
    maxQueueSize: integer('MAX_QUEUE_SIZE', {
      fallback: 64,
      min: 1,
      max: 100_000,
      about:
        'Requests that may wait; one more gets 503. The runs that fit into the time clients wait, times MAX_BATCH_SIZE, and on several devices times those. Requests with a timeout are refused before it is full, once they would wait past it.',
    }),
    maxQueueDelayMicroseconds: integer('MAX_QUEUE_DELAY_MICROSECONDS', {
      fallback: 0,
      min: 0,
      max: 10_000_000,
      about:
        'How long an idle worker waits for more rows. 0: while a run lasts requests gather by themselves, and a delay only adds to each answer (`npm run simulate`). More only where a device is much faster with full batches and nearly idle.',
    }),
    maxNumBeams: integer('MAX_NUM_BEAMS', {
      fallback: 32,
      min: 1,
      max: 100,
      about:
        'Most beams that a request may ask for. A run of MAX_BATCH_SIZE rows with so many must fit into memory.',
    }),
  },
  Connections: {
    host: text('HOST', {
      fallback: '127.0.0.1',
      about: 'Address to listen on. 0.0.0.0 in a container; then set BACKEND_TOKEN too.',
    }),
    port: integer('BACKEND_PORT', {
      fallback: 9000,
      min: 0,
      max: 65535,
      about: 'Port to listen on. 0 takes a free one, which the log names.',
    }),
    maxBodyBytes: integer('MAX_BODY_BYTES', {
      fallback: 1024 * 1024,
      min: 1024,
      max: 16 * 1024 * 1024,
      about:
        'Largest request body. Ten bytes for each token of MAX_BATCH_SIZE rows, twenty for each random number of their samples (as many as they may have tokens), and room: reading a body holds up all others.',
    }),
    maxConnections: integer('MAX_CONNECTIONS', {
      fallback: 1024,
      min: 1,
      max: 1_000_000,
      about:
        'Connections at once; further ones are closed. More than MAX_QUEUE_SIZE and what runs, or the queue cannot fill, and less than the open files that the system allows.',
    }),
    requestTimeoutSeconds: integer('REQUEST_TIMEOUT_SECONDS', {
      fallback: 30,
      min: 1,
      max: 3600,
      about:
        'How long a request may take to arrive, its body included; it is cut off then. Long enough for MAX_BODY_BYTES from the slowest client.',
    }),
    keepAliveSeconds: integer('KEEP_ALIVE_SECONDS', {
      fallback: 75,
      min: 0,
      max: 3600,
      about:
        'How long a connection may wait for its next request. Longer than whatever stands in front keeps connections (often 60), or it will send into one that closes.',
    }),
    drainTimeoutSeconds: integer('DRAIN_TIMEOUT_SECONDS', {
      fallback: 30,
      min: 0,
      max: 3600,
      about:
        'How long requests that wait may still run after SIGTERM. Less than the grace period of what sends it.',
    }),
  },
  Security: {
    token: secret(
      'BACKEND_TOKEN',
      'Bearer token that every request but /v2/health must carry. Set one wherever others can reach the port.',
    ),
    previousToken: secret(
      'BACKEND_TOKEN_PREVIOUS',
      'A second token that is accepted too. To rotate, give the old one here until every client has the new one.',
    ),
  },
  Certificates: {
    tlsCertFile: optional(
      'TLS_CERT_FILE',
      'Certificate in PEM, with those between it and the root: then the port speaks HTTPS only. Read again when it changes.',
    ),
    tlsKeyFile: optional('TLS_KEY_FILE', 'Private key of TLS_CERT_FILE in PEM, without a passphrase.'),
    tlsClientCaFile: optional(
      'TLS_CLIENT_CA_FILE',
      "Certificates in PEM of who signs clients' certificates. Then nobody gets in without one; probes use METRICS_PORT.",
    ),
  },
  Observation: {
    metricsPort: optionalInteger('METRICS_PORT', {
      min: 0,
      max: 65535,
      about:
        'A port of its own, without TLS and token, for /metrics and /v2/health: for what watches, and closed to clients. Without it /metrics is on BACKEND_PORT behind the token.',
    }),
    logLevel: oneOf('LOG_LEVEL', {
      choices: LOG_LEVELS,
      fallback: 'info',
      about:
        'Least level that is logged. info has a line for each request, debug one for each run too, warn only what is wrong.',
    }),
  },
} satisfies Record<string, Record<string, Option<unknown>>>;

type Groups = typeof OPTION_GROUPS;
type OptionsOf<Group> = { [Key in keyof Group]: Group[Key] extends Option<infer T> ? T : never };
type Intersection<Union> = (Union extends unknown ? (member: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;

/** What the options say, by their names in `OPTION_GROUPS`. */
export type OptionValues = Intersection<{ [Name in keyof Groups]: OptionsOf<Groups[Name]> }[keyof Groups]>;

export const CONFIG_OPTIONS: Record<string, Option<unknown>> = Object.assign(
  {},
  ...Object.values(OPTION_GROUPS),
);

/** `--max-batch-size` for MAX_BATCH_SIZE; for a secret the flag of its file. */
export function flagOf(option: Option<unknown>): string {
  const variable = option.isSecret ? fileVariableOf(option) : option.variable;
  return `--${option.flag ?? variable.toLowerCase().replaceAll('_', '-')}`;
}

/** The variable that names the file of a secret, as containers have it. */
export function fileVariableOf({ variable }: Option<unknown>): string {
  return `${variable}_FILE`;
}
