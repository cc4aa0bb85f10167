import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, runCli } from './cli.ts';

const CHECKPOINT = fileURLToPath(new URL('../reference/checkpoints/blenderbot-safetensors', import.meta.url));
const MODEL = fileURLToPath(new URL('../../models/tandem-mini', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-cli-'));
  const built = await runCli(['model', 'build', CHECKPOINT, '--out', join(folder, 'model')]);
  expect(built).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringMatching(/^blenderbot-safetensors: blenderbot, fp32/),
  });
});
afterAll(() => rm(folder, { recursive: true }));

/** One line that says what is wrong, no stack. */
const oneLine = (message: RegExp) => expect.stringMatching(new RegExp(`^tandem: .*${message.source}.*\\n$`));

describe('tandem generate', () => {
  it('answers JSON lines as transformers does', async () => {
    const lines = readFileSync(join(CHECKPOINT, 'cases.jsonl'), 'utf8').split('\n').slice(0, 12);
    const { code, stdout } = await runCli(['generate', '--model', join(folder, 'model')], {
      input: `${lines.join('\n')}\n\n`,
    });
    expect(code).toBe(0);
    const cases = lines.map((line) => JSON.parse(line));
    const answers = jsonLines(stdout);
    expect(answers.map(({ sequences }) => sequences)).toEqual(cases.map(({ sequences }) => sequences));
    expect(answers.map(({ scores }) => scores === null)).toEqual(cases.map(({ scores }) => scores === null));
  });

  const refused: [line: string, message: RegExp][] = [
    ['{"input_ids": [[5, 2]', /line 2: not JSON/],
    ['{"input_ids": []}', /line 2: input_ids: at least one row/],
    ['{"input_ids": [[]]}', /line 2: input_ids\.0: a row needs/],
    ['{"input_ids": [[5, 9000]]}', /line 2: input_ids\.0: token 9000 is not in the vocabulary of 8008/],
    [
      `{"input_ids": [[${Array(129).fill(5)}]]}`,
      /line 2: input_ids\.0: 129 tokens; the model reads at most 128/,
    ],
    ['{"input_ids": [[5, 2]], "parameters": {"num_beams": 0}}', /line 2: num_beams/],
    ['{"input_ids": [[5, 2]], "parameters": {"max_length": 500}}', /line 2: max_length 500; .* at most 128/],
    ['{"input_ids": [[5, 2]], "parameters": {"top_k": 5}}', /line 2: Unknown parameter "top_k"/],
    ['{"ids": [[5, 2]]}', /line 2: /],
    ['7', /line 2: /],
  ];
  for (const [line, message] of refused) {
    it(`refuses ${line.slice(0, 60)} in one line with its number, after answering the line before`, async () => {
      const input = `{"input_ids": [[5, 2]]}\n${line}\n`;
      const { code, stdout, stderr } = await runCli(['generate', '--model', join(folder, 'model')], {
        input,
      });
      expect(code).toBe(1);
      expect(jsonLines(stdout)).toHaveLength(1);
      expect(stderr).toEqual(oneLine(message));
    });
  }

  it('says how to make a model where there is none', async () => {
    const { code, stderr } = await runCli(['generate', '--model', CHECKPOINT]);
    expect(code).toBe(1);
    expect(stderr).toEqual(oneLine(/holds no compiled model .*tandem model build/));
  });
});

describe('tandem model build', () => {
  it('names file and cause, exits with 1 and writes nothing', async () => {
    const empty = await mkdtemp(join(folder, 'empty-'));
    const out = join(folder, 'never');
    const { code, stderr } = await runCli(['model', 'build', empty, '--out', out]);
    expect(code).toBe(1);
    expect(stderr).toEqual(oneLine(/config\.json: missing/));
    expect(existsSync(out)).toBe(false);
    expect((await readdir(folder)).filter((name) => name.includes('unfinished'))).toEqual([]);
  });

  it('refuses a precision that it does not know and says which there are', async () => {
    const { code, stderr } = await runCli([
      'model',
      'build',
      CHECKPOINT,
      '--out',
      join(folder, 'x'),
      '--precision',
      'int3',
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/Allowed choices are fp32/);
  });
});

describe('tandem tokenize', () => {
  it('answers texts and conversations', async () => {
    const input =
      '{"text": "Hello there!"}\n{"persona": ["i have a dog."], "turns": ["hi"]}\n{"turns": ["hi"]}\n';
    const { code, stdout } = await runCli(['tokenize', '--tokenizer', MODEL], { input });
    expect(code).toBe(0);
    const [text, withPersona, without] = jsonLines(stdout);
    expect(text).toEqual({ ids: expect.any(Array), decoded: ' Hello there!' });
    expect(withPersona).toEqual({ ids: expect.any(Array), decoded: ' your persona: i have a dog.   hi' });
    expect(withPersona.ids.at(-1)).toBe(2);
    expect(without.decoded).toBe(' hi');
  });

  it('reads vocab.json and merges.txt where there is no tokenizer.json', async () => {
    const { model } = JSON.parse(readFileSync(join(MODEL, 'tokenizer.json'), 'utf8'));
    const pair = (merge: string | string[]) => (typeof merge === 'string' ? merge : merge.join(' '));
    const legacy = await mkdtemp(join(folder, 'legacy-'));
    await writeFile(join(legacy, 'vocab.json'), JSON.stringify(model.vocab));
    await writeFile(join(legacy, 'merges.txt'), `#version: 0.2\n${model.merges.map(pair).join('\n')}\n`);
    const input = '{"text": "what\'s your name? 👍"}\n';
    const [fromJson, fromPair] = await Promise.all(
      [MODEL, legacy].map((tokenizer) => runCli(['tokenize', '--tokenizer', tokenizer], { input })),
    );
    expect(fromPair).toEqual(fromJson);
    expect(fromPair?.code).toBe(0);
  });

  it('refuses what is neither', async () => {
    const { code, stderr } = await runCli(['tokenize', '--tokenizer', MODEL], { input: '{"words": 1}\n' });
    expect(code).toBe(1);
    expect(stderr).toEqual(oneLine(/line 1: neither \{"text"/));
  });
});

describe('tandem up', () => {
  it('names the variable for a port that is taken', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    const { code, stderr } = await runCli(['up'], { environment: { EDGE_PORT: String(port) } });
    server.close();
    expect(code).toBe(1);
    expect(stderr).toEqual(oneLine(/port \d+ is in use: choose another with EDGE_PORT=/));
  });

  it('refuses a port that is none', async () => {
    const { code, stderr } = await runCli(['up'], { environment: { BACKEND_PORT: 'nine' } });
    expect(code).toBe(1);
    expect(stderr).toEqual(oneLine(/BACKEND_PORT is "nine"/));
  });

  it('says what is missing where there is no model', async () => {
    const environment = { EDGE_PORT: '18787', BACKEND_PORT: '19000' };
    const { code, stderr } = await runCli(['up', '--model', join(folder, 'nowhere')], { environment });
    expect(code).toBe(1);
    expect(stderr).toEqual(oneLine(/holds neither a compiled model .* nor a checkpoint/));
  });
});

describe('tandem chat', () => {
  it('says how to start an edge where none answers', async () => {
    const { code, stderr } = await runCli(['chat', '--url', 'http://127.0.0.1:9'], { input: 'hi\n' });
    expect(code).toBe(1);
    expect(stderr).toEqual(oneLine(/no edge answers at .*npm start/));
  });
});

describe('tandem', () => {
  it('shows every command in its help', async () => {
    const { code, stdout } = await runCli(['--help']);
    expect(code).toBe(0);
    for (const command of ['up', 'chat', 'model', 'generate', 'tokenize'])
      expect(stdout).toMatch(new RegExp(`^ {2}${command}`, 'm'));
  });
});
