import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configWarnings, readConfig } from '../../../gpu-backend/config/config.ts';
import { ConfigError } from '../../../gpu-backend/config/config-error.ts';
import { helpText } from '../../../gpu-backend/config/help.ts';
import { CONFIG_OPTIONS, flagOf } from '../../../gpu-backend/config/options.ts';

type Environment = Record<string, string>;

const MINIMAL = { MODEL_DIR: 'some/model' };
const FILES: Record<string, string> = { '/run/secrets/token': 's3cret\n', '/run/secrets/empty': '' };

function configOf(environment: Environment, args: string[] = []) {
  return readConfig({
    environment,
    args,
    readFile(path) {
      const content = FILES[path];
      if (content === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      return content;
    },
  });
}

describe('readConfig', () => {
  it('needs only a model', () => {
    expect(configOf(MINIMAL)).toMatchObject({
      host: '127.0.0.1',
      port: 9000,
      models: [{ name: undefined, directory: 'some/model' }],
      tokens: [],
      maxBatchSize: 8,
      preferredBatchSizes: [],
      maxBatchTokens: 65_536,
      maxQueueSize: 64,
      maxQueueDelayMicroseconds: 0,
      maxNumBeams: 32,
      maxBodyBytes: 1024 * 1024,
      devices: ['cpu'],
      inferenceThreads: undefined,
      drainTimeoutSeconds: 30,
      logLevel: 'info',
    });
  });

  it('takes options from the environment', () => {
    const config = configOf({
      ...MINIMAL,
      HOST: '0.0.0.0',
      BACKEND_PORT: '0',
      MAX_QUEUE_DELAY_MICROSECONDS: '5000',
      INFERENCE_THREADS: ' 2 ',
      LOG_LEVEL: 'debug',
    });
    expect(config).toMatchObject({ host: '0.0.0.0', port: 0, logLevel: 'debug' });
    expect(config).toMatchObject({ maxQueueDelayMicroseconds: 5000, inferenceThreads: 2 });
  });

  it('takes several preferred sizes', () => {
    const { preferredBatchSizes } = readConfig({ environment: { ...MINIMAL, PREFERRED_BATCH_SIZE: '4, 8' } });
    expect(preferredBatchSizes).toEqual([4, 8]);
  });

  it('takes GPUs by their indices', () => {
    const { devices } = readConfig({ environment: { ...MINIMAL, DEVICES: 'cuda, cuda:3' } });
    expect(devices).toEqual(['cuda:0', 'cuda:3']);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(
      configOf({ ...MINIMAL, MAX_BATCH_SIZE: '', HOST: '', MODELS: '', BACKEND_TOKEN_FILE: '' }),
    ).toEqual(configOf(MINIMAL));
  });

  it('lets a flag win over its variable', () => {
    const environment = { ...MINIMAL, MAX_BATCH_SIZE: '4', MAX_QUEUE_SIZE: '5' };
    const config = configOf(environment, ['--max-batch-size', '16', '--host=::1']);
    expect(config).toMatchObject({ maxBatchSize: 16, maxQueueSize: 5, host: '::1' });
  });

  it('takes every option that is no secret from either, to the same effect', () => {
    const numbers = Object.values(CONFIG_OPTIONS).filter(({ fallback }) => /^\d+$/.test(fallback));
    for (const option of numbers) {
      const value = String(Number(option.fallback) + 1);
      const byVariable = configOf({ ...MINIMAL, [option.variable]: value });
      expect(configOf(MINIMAL, [flagOf(option), value]), option.variable).toEqual(byVariable);
      expect(byVariable, option.variable).not.toEqual(configOf(MINIMAL));
    }
  });

  it.each<[string, Environment, string[], Environment[]]>([
    ['one model', { MODEL_DIR: 'a', MODEL_NAME: 'b' }, [], [{ name: 'b', directory: 'a' }]],
    [
      'a list',
      { MODELS: 'a=/a, b=/b=c' },
      [],
      [
        { name: 'a', directory: '/a' },
        { name: 'b', directory: '/b=c' },
      ],
    ],
    [
      'flags, after MODEL_DIR and instead of the list',
      { ...MINIMAL, MODELS: 'a=/a' },
      ['--model', 'org/b=/b', '--model', '/c'],
      [{ directory: 'some/model' }, { name: 'org/b', directory: '/b' }, { directory: '/c' }],
    ],
  ])('reads models: %s', (_, environment, args, models) => {
    expect(configOf(environment, args).models).toMatchObject(models);
  });

  it.each<[Environment, string[], string]>([
    [{}, [], 'There is no model to serve'],
    [{ MODEL_NAME: 'bot' }, ['--model', 'a=b'], 'MODEL_NAME is set without MODEL_DIR'],
    [
      { ...MINIMAL, BACKEND_PORT: '65536' },
      [],
      'BACKEND_PORT must be a whole number from 0 to 65535, not "65536".',
    ],
    [{ ...MINIMAL, MAX_BATCH_SIZE: '0' }, [], 'MAX_BATCH_SIZE must be'],
    [{ ...MINIMAL, PREFERRED_BATCH_SIZE: '4,many' }, [], 'PREFERRED_BATCH_SIZE must be a whole number'],
    [{ ...MINIMAL, DEVICES: 'gpu' }, [], 'DEVICES: "gpu" is no device; write cpu, cuda or'],
    [{ ...MINIMAL, DEVICES: 'cuda,cuda:0' }, [], 'DEVICES: cuda:0 is named twice'],
    [{ ...MINIMAL, MAX_QUEUE_SIZE: '1e3' }, [], 'MAX_QUEUE_SIZE must be'],
    [{ ...MINIMAL, MAX_NUM_BEAMS: '-1' }, [], 'MAX_NUM_BEAMS must be'],
    [{ ...MINIMAL, INFERENCE_THREADS: 'two' }, [], 'INFERENCE_THREADS must be'],
    [{ ...MINIMAL, LOG_LEVEL: 'loud' }, [], 'LOG_LEVEL must be one of debug, info, warn, error, not "loud".'],
    [{ ...MINIMAL, TLS_CERT_FILE: 'c.pem' }, [], 'TLS needs both TLS_CERT_FILE and TLS_KEY_FILE.'],
    [{ ...MINIMAL, TLS_CLIENT_CA_FILE: 'ca.pem' }, [], 'TLS needs both TLS_CERT_FILE and TLS_KEY_FILE.'],
    [MINIMAL, ['--max-batch-sise', '8'], 'There is no option --max-batch-sise: is --max-batch-size meant?'],
    [MINIMAL, ['--verbose'], 'There is no option --verbose. See --help.'],
    [MINIMAL, ['--max-batch-size'], '--max-batch-size needs a value.'],
    [MINIMAL, ['--max-batch-size='], '--max-batch-size needs a value.'],
    [MINIMAL, ['models/tiny'], '"models/tiny" is no option.'],
    [MINIMAL, ['--model', '=dir'], 'A model is given as NAME=DIR, not "=dir".'],
    [MINIMAL, ['--model', 'name='], 'A model is given as NAME=DIR, not "name=".'],
  ])('refuses %j %j in one line', (environment, args, message) => {
    expect(() => configOf(environment, args)).toThrow(ConfigError);
    expect(() => configOf(environment, args)).toThrow(message);
    expect(() => configOf(environment, args)).toThrow(/^[^\n]+$/);
  });

  it('ends in a configuration or in a ConfigError, whatever the command line is', () => {
    const flags = fc.constantFrom(
      '--',
      '-',
      '-h',
      '--model',
      '--model=',
      '--no-host',
      '--max-batch-size',
      '--port=1',
      '',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(flags, fc.string())), (args) => {
        try {
          configOf(MINIMAL, args);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      }),
    );
  });
});

describe('secrets', () => {
  it('are two while they rotate', () => {
    expect(configOf({ ...MINIMAL, BACKEND_TOKEN: 'new' }).tokens).toEqual(['new']);
    const both = { ...MINIMAL, BACKEND_TOKEN: 'new', BACKEND_TOKEN_PREVIOUS: 'old' };
    expect(configOf(both).tokens).toEqual(['new', 'old']);
  });

  it('come from files too, named by a variable or a flag', () => {
    const file = '/run/secrets/token';
    expect(configOf({ ...MINIMAL, BACKEND_TOKEN_FILE: file }).tokens).toEqual(['s3cret']);
    expect(configOf({ ...MINIMAL, BACKEND_TOKEN: 'x' }, ['--backend-token-file', file]).tokens).toEqual([
      's3cret',
    ]);
  });

  it.each<[Environment, string[], string]>([
    [{ BACKEND_TOKEN: '' }, [], 'BACKEND_TOKEN must be printable ASCII'],
    [{ BACKEND_TOKEN_FILE: '/run/secrets/empty' }, [], 'BACKEND_TOKEN must be printable ASCII'],
    [
      { BACKEND_TOKEN_FILE: '/not/there' },
      [],
      'BACKEND_TOKEN_FILE names a file that cannot be read: ENOENT.',
    ],
    [
      { BACKEND_TOKEN: 'a', BACKEND_TOKEN_FILE: '/b' },
      [],
      'BACKEND_TOKEN and BACKEND_TOKEN_FILE are both set',
    ],
    [{ BACKEND_TOKEN_PREVIOUS: 'old' }, [], 'BACKEND_TOKEN_PREVIOUS is set without BACKEND_TOKEN'],
    [{}, ['--backend-token', 'x'], 'set BACKEND_TOKEN, or --backend-token-file.'],
  ])('%j %j is refused', (environment, args, message) => {
    expect(() => configOf({ ...MINIMAL, ...environment }, args)).toThrow(message);
  });

  it.each<[Environment, string[]]>([
    [{ BACKEND_TOKEN: 'two words' }, []],
    [{ BACKEND_TOKEN: 'words', BACKEND_TOKEN_FILE: '/run/secrets/token' }, []],
    [{ BACKEND_TOKEN_PREVIOUS: 'words' }, []],
    [{}, ['--backend-token', 'words']],
    [{}, ['--backend-token=words']],
  ])('are never shown, even wrong ones: %j %j', (environment, args) => {
    expect(() => configOf({ ...MINIMAL, ...environment }, args)).toThrow(/^(?!.*words)/s);
    expect(() => configOf({ ...MINIMAL, ...environment }, args)).not.toThrow(/words|s3cret/);
  });
});

describe('configWarnings', () => {
  const warningsFor = (environment: Environment) => configWarnings(configOf(MINIMAL), environment);

  it.each([
    ['MAX_BATCHSIZE', 'MAX_BATCH_SIZE'],
    ['max_batch_size', 'MAX_BATCH_SIZE'],
    ['BACKEND_TOKN', 'BACKEND_TOKEN'],
    ['BACKEND_TOKEN_FIEL', 'BACKEND_TOKEN_FILE'],
  ])('take the variable %s for %s', (name, meant) => {
    expect(warningsFor({ [name]: 'x' })).toEqual([`The variable ${name} is not read: is ${meant} meant?`]);
  });

  it('leave alone what is right, what is far from all, and what stands beside the right one', () => {
    const others = { HOSTS: 'a', PATH: '/bin', EDGE_PORT: '1', MODULE_DIRS: 'a', SSL_CERT_FILE: '/certs' };
    expect(warningsFor({ MAX_BATCH_SIZE: '1', ...others })).toEqual([]);
    expect(warningsFor({ MAX_BATCHSIZE: '1', MAX_BATCH_SIZE: '1' })).toEqual([]);
  });

  it.each<[Environment, number]>([
    [{ HOST: '0.0.0.0' }, 1],
    [{ HOST: '::' }, 1],
    [{ HOST: '0.0.0.0', BACKEND_TOKEN: 'x' }, 0],
    [{ HOST: '127.0.0.2' }, 0],
    [{ HOST: '::1' }, 0],
  ])('tell of a server that is open to everyone: %j, %i', (environment, count) => {
    expect(configWarnings(configOf({ ...MINIMAL, ...environment }), {})).toHaveLength(count);
  });
});

describe('helpText', () => {
  it('names every option, its flag and what holds without it, in lines that fit a terminal', () => {
    const help = helpText();
    for (const option of Object.values(CONFIG_OPTIONS)) {
      expect(help).toContain(`${flagOf(option)}, ${option.variable}`);
      expect(help).toContain(`[${option.fallback}]`);
    }
    expect(help).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
    expect(Math.max(...help.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(110);
  });
});
