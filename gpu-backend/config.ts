/** Where the configuration is wrong: one line that names the variable and what it may be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

interface Option<T> {
  variable: string;
  /** What holds without the variable, as `--help` shows it. */
  fallback: string;
  /** What it does, and how to choose it. */
  about: string;
  read(text: string | undefined): T;
}

/** Every option of the backend. All come from the environment. */
export const CONFIG_OPTIONS = {
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
  modelDirectory: optional(
    'MODEL_DIR',
    'Directory of a compiled model: what `tandem model build` wrote. Further ones with --model.',
  ),
  modelName: optional(
    'MODEL_NAME',
    'Name of the model in URLs, instead of the name in its manifest. Set it where clients ask for another.',
  ),
  token: secret(
    'BACKEND_TOKEN',
    'Bearer token that every request but /v2/health must carry. Set one wherever others can reach the port.',
  ),
  maxBatchSize: integer('MAX_BATCH_SIZE', {
    fallback: 8,
    min: 1,
    max: 1024,
    about:
      'Rows in one run. More raise throughput until memory or latency runs out: each row costs num_beams caches.',
  }),
  maxQueueSize: integer('MAX_QUEUE_SIZE', {
    fallback: 64,
    min: 1,
    max: 100_000,
    about:
      'Requests that may wait; one more gets 503. The runs that fit into the time clients wait, times MAX_BATCH_SIZE.',
  }),
  maxQueueDelayMicroseconds: integer('MAX_QUEUE_DELAY_MICROSECONDS', {
    fallback: 0,
    min: 0,
    max: 10_000_000,
    about:
      'How long an idle worker waits for more rows. 0 where requests are few; a few thousand under load.',
  }),
  maxNumBeams: integer('MAX_NUM_BEAMS', {
    fallback: 32,
    min: 1,
    max: 100,
    about:
      'Most beams that a request may ask for. A run of MAX_BATCH_SIZE rows with so many must fit into memory.',
  }),
  maxBodyBytes: integer('MAX_BODY_BYTES', {
    fallback: 1024 * 1024,
    min: 1024,
    max: 16 * 1024 * 1024,
    about:
      'Largest request body. Ten bytes for each token of MAX_BATCH_SIZE rows, twenty for each random number of their samples (as many as they may have tokens), and room: reading a body holds up all others.',
  }),
  inferenceThreads: optionalInteger('INFERENCE_THREADS', {
    min: 1,
    max: 1024,
    about:
      'Threads of a run; without it one for each physical core. Fewer where other programs share the cores.',
  }),
  drainTimeoutSeconds: integer('DRAIN_TIMEOUT_SECONDS', {
    fallback: 30,
    min: 0,
    max: 3600,
    about:
      'How long requests that wait may still run after SIGTERM. Less than the grace period of what sends it.',
  }),
} satisfies Record<string, Option<unknown>>;

export type BackendConfig = {
  [Key in keyof typeof CONFIG_OPTIONS]: ReturnType<(typeof CONFIG_OPTIONS)[Key]['read']>;
};

/** @throws {ConfigError} for the first option that is wrong or missing */
export function readConfig(environment: Record<string, string | undefined>): BackendConfig {
  const entries = Object.entries(CONFIG_OPTIONS).map(([key, { variable, read }]) => [
    key,
    read(environment[variable]),
  ]);
  return Object.fromEntries(entries) as BackendConfig;
}

/** The table of options, for `--help`. */
export function describeConfig(): string {
  const options = Object.values(CONFIG_OPTIONS);
  const width = Math.max(...options.map(({ variable }) => variable.length));
  return options
    .map(({ variable, fallback, about }) => `  ${variable.padEnd(width)}  ${about} [${fallback}]`)
    .join('\n');
}

function text(variable: string, { fallback, about }: { fallback: string; about: string }): Option<string> {
  return { variable, fallback, about, read: (given) => given || fallback };
}

function optional(variable: string, about: string): Option<string | undefined> {
  return { variable, fallback: 'none', about, read: (given) => given || undefined };
}

function secret(variable: string, about: string): Option<string | undefined> {
  return {
    variable,
    fallback: 'none',
    about,
    read(given) {
      // An empty secret is a mistake in a deployment, not a wish to be open to everyone. The value is never shown.
      if (given !== undefined && !/^[\x21-\x7e]+$/.test(given)) {
        throw new ConfigError(
          `${variable} must be printable ASCII without spaces, and not empty; unset it for none.`,
        );
      }
      return given;
    },
  };
}

interface Bounds {
  min: number;
  max: number;
  about: string;
}

function integer(variable: string, { fallback, ...bounds }: Bounds & { fallback: number }): Option<number> {
  const read = (given: string | undefined) => (given ? readInteger(variable, given, bounds) : fallback);
  return { variable, fallback: String(fallback), about: bounds.about, read };
}

function optionalInteger(variable: string, bounds: Bounds): Option<number | undefined> {
  const read = (given: string | undefined) => (given ? readInteger(variable, given, bounds) : undefined);
  return { variable, fallback: 'none', about: bounds.about, read };
}

function readInteger(variable: string, given: string, { min, max }: Bounds): number {
  const value = /^\d{1,15}$/.test(given.trim()) ? Number(given) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new ConfigError(
    `${variable} must be a whole number from ${min} to ${max}, not ${JSON.stringify(given)}.`,
  );
}
