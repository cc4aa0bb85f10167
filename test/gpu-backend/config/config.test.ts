import { describe, expect, it } from 'vitest';
import { CONFIG_OPTIONS, ConfigError, describeConfig, readConfig } from '../../../gpu-backend/config.ts';

const MINIMAL = { MODEL_DIR: 'some/model' };

describe('readConfig', () => {
  it('needs only a model', () => {
    expect(readConfig(MINIMAL)).toEqual({
      host: '127.0.0.1',
      port: 9000,
      modelDirectory: 'some/model',
      modelName: undefined,
      token: undefined,
      maxBatchSize: 8,
      maxQueueSize: 64,
      maxQueueDelayMicroseconds: 0,
      maxNumBeams: 32,
      maxBodyBytes: 1024 * 1024,
      inferenceThreads: undefined,
      drainTimeoutSeconds: 30,
    });
  });

  it('takes every option from the environment', () => {
    const config = readConfig({
      ...MINIMAL,
      HOST: '0.0.0.0',
      BACKEND_PORT: '0',
      MODEL_NAME: 'bot',
      BACKEND_TOKEN: 's3cret',
      MAX_QUEUE_DELAY_MICROSECONDS: '5000',
      INFERENCE_THREADS: ' 2 ',
    });
    expect(config).toMatchObject({ host: '0.0.0.0', port: 0, modelName: 'bot', token: 's3cret' });
    expect(config).toMatchObject({ maxQueueDelayMicroseconds: 5000, inferenceThreads: 2 });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig({ ...MINIMAL, MAX_BATCH_SIZE: '', HOST: '', MODEL_NAME: '' })).toEqual(
      readConfig(MINIMAL),
    );
  });

  it.each([
    [
      { ...MINIMAL, BACKEND_PORT: '65536' },
      'BACKEND_PORT must be a whole number from 0 to 65535, not "65536".',
    ],
    [{ ...MINIMAL, MAX_BATCH_SIZE: '0' }, 'MAX_BATCH_SIZE must be'],
    [{ ...MINIMAL, MAX_QUEUE_SIZE: '1e3' }, 'MAX_QUEUE_SIZE must be'],
    [{ ...MINIMAL, MAX_NUM_BEAMS: '-1' }, 'MAX_NUM_BEAMS must be'],
    [{ ...MINIMAL, INFERENCE_THREADS: 'two' }, 'INFERENCE_THREADS must be'],
    [{ ...MINIMAL, BACKEND_TOKEN: '' }, 'BACKEND_TOKEN must be'],
  ])('refuses %j in one line', (environment, message) => {
    expect(() => readConfig(environment)).toThrow(ConfigError);
    expect(() => readConfig(environment)).toThrow(message);
  });

  it('never shows a token, even a wrong one', () => {
    expect(() => readConfig({ ...MINIMAL, BACKEND_TOKEN: 'two words' })).toThrow(/^(?!.*two words)/);
  });
});

describe('describeConfig', () => {
  it('has one line for every option', () => {
    const lines = describeConfig().split('\n');
    const variables = Object.values(CONFIG_OPTIONS).map(({ variable }) => variable);
    expect(lines.map((line) => line.trim().split(' ')[0])).toEqual(variables);
  });
});
