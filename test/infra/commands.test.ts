import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../end-to-end/free-port.ts';
import { jsonLines, runCli, startCli } from './cli.ts';

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

async function freePorts() {
  return { EDGE_PORT: String(await freePort()), BACKEND_PORT: String(await freePort()) };
}

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

  it('repeats what a seed drew, and tells log-probabilities where they are asked for', async () => {
    const request = (parameters: object) =>
      JSON.stringify({
        input_ids: [[5, 403, 2]],
        parameters: { do_sample: true, max_length: 12, ...parameters },
      });
    const asked = { num_return_sequences: 3, output_logprobs: true };
    const lines = [{ seed: 7, ...asked }, { seed: 7 }, { seed: 8, ...asked }, {}, {}].map(request);
    const { code, stdout } = await runCli(['generate', '--model', join(folder, 'model')], {
      input: `${lines.join('\n')}\n`,
    });
    expect(code).toBe(0);
    const [three, first, others, once, again] = jsonLines(stdout);
    expect(three.sequences[0]).toHaveLength(3);
    expect(first.sequences[0]).toEqual([three.sequences[0][0]]);
    expect(others.sequences).not.toEqual(three.sequences);
    expect(again.sequences).not.toEqual(once.sequences);
    expect(three.scores).toBe(null);
    const lengths = (lists: number[][]) => lists.map(({ length }) => length);
    expect(lengths(three.logprobs[0])).toEqual(lengths(three.sequences[0]));
    expect(three.logprobs.flat(2).every((value: number) => value < 0)).toBe(true);
    expect(first).not.toHaveProperty('logprobs');
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
    [
      '{"input_ids": [[5, 2]], "parameters": {"max_length": 500}}',
      /line 2: max_length \(500\) is more than the model's 128 positions/,
    ],
    [
      '{"input_ids": [[5, 2]], "parameters": {"forced_eos_token_id": 9000}}',
      /line 2: forced_eos_token_id: 9000 is no token id/,
    ],
    ['{"input_ids": [[5, 2]], "parameters": {"typical_p": 1}}', /line 2: Unknown parameter "typical_p"/],
    [
      '{"input_ids": [[5, 2]], "parameters": {"do_sample": true, "num_beams": 2}}',
      /line 2: do_sample with num_beams \(2\) needs a beam_delay/,
    ],
    [
      '{"input_ids": [[5, 2]], "parameters": {"bad_words_ids": [[8008]]}}',
      /line 2: bad_words_ids: 8008 is no token id of the model/,
    ],
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

  it('says in one line that its output cannot be written', async () => {
    const full = openSync('/dev/full', 'w');
    const { code, stderr } = await runCli(['generate', '--model', join(folder, 'model')], {
      input: '{"input_ids": [[5, 2]]}\n',
      stdout: full,
    });
    closeSync(full);
    expect(code).toBe(1);
    expect(stderr).toEqual(oneLine(/the output cannot be written: ENOSPC/));
  });

  it('says what is missing where there is no model', async () => {
    const { code, stderr } = await runCli(['generate', '--model', await mkdtemp(join(folder, 'none-'))]);
    expect(code).toBe(1);
    expect(stderr).toEqual(oneLine(/holds neither a compiled model .* nor a checkpoint/));
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

  it('tells programs what it made, and nothing but JSON', async () => {
    const out = join(folder, 'for-programs');
    const { code, stdout, stderr } = await runCli(['model', 'build', CHECKPOINT, '--out', out, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      model: 'for-programs',
      directory: out,
      manifest: { precision: 'fp32' },
    });
    for (const line of jsonLines(stderr)) expect(line).toEqual({ progress: expect.any(Object) });
  });

  it('leaves nothing behind when it is stopped, and tells the shell', async () => {
    const out = join(folder, 'stopped');
    const { child, result } = startCli(['model', 'build', MODEL, '--out', out]);
    const unfinished = async () =>
      (await readdir(folder)).some((name) => name.includes('stopped.unfinished'));
    await expect.poll(unfinished, { interval: 1, timeout: 10_000 }).toBe(true);
    child.kill('SIGTERM');
    expect(await result).toEqual({ code: 143, stdout: '', stderr: '' });
    expect(existsSync(out)).toBe(false);
    expect(await unfinished()).toBe(false);
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
    expect(code).toBe(2);
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

  it('ends quietly when its reader has had enough', async () => {
    const { child, result } = startCli(['tokenize', '--tokenizer', MODEL], {
      input: '{"text": "hello"}\n'.repeat(10_000),
    });
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect(await result).toMatchObject({ code: 0, stderr: '' });
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
    expect(code).toBe(2);
    expect(stderr).toEqual(oneLine(/BACKEND_PORT is "nine"/));
  });

  it('refuses one port for both tiers', async () => {
    const environment = { EDGE_PORT: '18787', BACKEND_PORT: '18787' };
    const { code, stderr } = await runCli(['up'], { environment });
    expect(code).toBe(2);
    expect(stderr).toEqual(oneLine(/EDGE_PORT and BACKEND_PORT are both 18787/));
  });

  it('refuses a model whose name addresses cannot hold', async () => {
    const odd = await mkdtemp(join(folder, 'my model '));
    await writeFile(join(odd, 'config.json'), '{}');
    const { code, stderr } = await runCli(['up', '--model', odd], { environment: await freePorts() });
    expect(code).toBe(1);
    expect(stderr).toEqual(oneLine(/"my model .*" cannot be the name of a served model.*--name/));
  });

  it('says in one line that a file cannot hold its state', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const { code, stderr } = await runCli(['up', '--state', file], {
      environment: { ...(await freePorts()), TANDEM_HOME: folder },
    });
    expect(code).toBe(1);
    expect(stderr).toEqual(oneLine(/.*file/));
  });

  it('says what is missing where there is no model', async () => {
    const nowhere = join(folder, 'nowhere');
    const { code, stderr } = await runCli(['up', '--model', nowhere], { environment: await freePorts() });
    expect(code).toBe(1);
    expect(stderr).toEqual(oneLine(/nowhere" is no folder here, no compiled model .* and no model id/));
  });
});

describe('tandem chat', () => {
  /** What answers instead of an edge, and the paths that it was asked for. */
  async function otherServer(answer: (path: string) => unknown) {
    const asked: string[] = [];
    const server = createHttpServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const body = answer(request.url ?? '');
      if (request.method === 'DELETE') response.destroy();
      else response.end(JSON.stringify(body));
    });
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    return { url: `http://127.0.0.1:${port}`, asked, close: () => server.close() };
  }

  it('answers programs a line of JSON for each line that is said', async () => {
    const { url, close } = await otherServer((path) =>
      path.endsWith('/messages') ? { content: 'hi there' } : { id: 'sess_1' },
    );
    const { code, stdout, stderr } = await runCli(['chat', '--url', url, '--json'], { input: 'hi\nho\n' });
    close();
    const line = { role: 'assistant', content: 'hi there' };
    expect({ code, lines: jsonLines(stdout) }).toEqual({ code: 0, lines: [line, line] });
    expect(jsonLines(stderr)).toEqual([{ note: expect.stringMatching(/^Say something/) }]);
  });

  it('says how to start an edge where none answers', async () => {
    const { code, stderr } = await runCli(['chat', '--url', 'http://127.0.0.1:9'], { input: 'hi\n' });
    expect(code).toBe(1);
    expect(stderr).toEqual(oneLine(/no edge answers at .*npm start/));
  });

  it('says that what answers is no edge', async () => {
    const { url, close } = await otherServer(() => ({ hello: 'world' }));
    const { code, stderr } = await runCli(['chat', '--url', url], { input: 'hi\n' });
    close();
    expect(code).toBe(1);
    expect(stderr).toEqual(oneLine(/is not a Tandem edge/));
  });

  it("keeps the address's path, shows no terminal commands, and ends well though the edge is gone", async () => {
    const { url, asked, close } = await otherServer((path) =>
      path.endsWith('/messages') ? { content: '\u001b[31mhi\u0007 there\u009b' } : { id: 'sess_1' },
    );
    const { code, stdout } = await runCli(['chat', '--url', `${url}/base`], { input: 'hi\n' });
    close();
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'bot: hi  there\n' });
    expect(asked).toEqual([
      'POST /base/v1/sessions',
      'POST /base/v1/sessions/sess_1/messages',
      'DELETE /base/v1/sessions/sess_1',
    ]);
  });
});

describe('a message in tandem chat', () => {
  it('is sent again with the same key where its answer is lost on the way, and is answered once', async () => {
    const keys: unknown[] = [];
    const server = createHttpServer((request, response) => {
      if (!request.url!.endsWith('/messages')) return response.end(JSON.stringify({ id: 'sess_1' }));
      keys.push(request.headers['idempotency-key']);
      if (keys.length % 2 === 1) return response.destroy();
      return response.end(JSON.stringify({ content: `reply ${keys.length / 2}` }));
    });
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    const { code, stdout } = await runCli(['chat', '--url', `http://127.0.0.1:${port}`], {
      input: 'hi\nho\n',
    });
    server.close();
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'bot: reply 1\nbot: reply 2\n' });
    const [first, again, second] = keys;
    expect(first).toEqual(expect.any(String));
    expect(keys).toEqual([first, first, second, second]);
    expect(again).not.toBe(second);
  });
});
