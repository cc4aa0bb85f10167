import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EMBEDDED_CHECKPOINT, PROJECT } from '../../infra/paths.ts';
import { jsonLines, runCli } from '../infra/cli.ts';
import { freePort } from './free-port.ts';
import { runningWith } from './processes.ts';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'tandem-start-'));
});
afterEach(() => rm(state, { recursive: true, force: true }));

/** `tandem up` as a person runs it, marked so that whatever it starts can be found. */
async function start({
  args = [],
  variables = {},
}: {
  args?: string[];
  variables?: Record<string, string>;
} = {}) {
  const mark = randomUUID();
  const edgePort = String(await freePort());
  const environment = { EDGE_PORT: edgePort, BACKEND_PORT: String(await freePort()), TANDEM_TEST_MARK: mark };
  const child = spawn(process.execPath, [join(PROJECT, 'infra/cli.ts'), 'up', '--state', state, ...args], {
    env: { ...process.env, TANDEM_HOME: state, ...variables, ...environment },
  });
  let output = '';
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const printed = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => output.includes(text) && resolve();
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          output += chunk;
          look();
        });
      }
      ended.then(() => reject(new Error(`ended without "${text}": ${output}`)));
    });
  const edgeUrl = `http://127.0.0.1:${edgePort}`;
  return { child, ended, printed, mark, environment, edgeUrl, output: () => output };
}

describe('npm start', () => {
  it('compiles the embedded model, talks in the terminal, and leaves no process behind at Ctrl-C', async () => {
    // Variables of other programs have these names too.
    const variables = {
      HOST: 'my-laptop',
      MODEL_NAME: 'my model',
      MODEL_DIR: '/nowhere',
      CLOUDFLARE_ENV: 'mine',
    };
    const { child, ended, printed, mark, environment, edgeUrl, output } = await start({ variables });
    await printed('Ctrl-C stops everything.');
    expect(output()).toMatch(/Compiling tandem-mini/);
    expect(output()).toContain(`curl ${edgeUrl}/v1/chat/completions`);

    const chat = await runCli(['chat', '--persona', 'i have a parrot.'], { environment, input: 'hello\n' });
    expect(chat.code).toBe(0);
    expect(chat.stdout).toMatch(/^bot: .*\p{L}/mu);

    const client = await fetch(`${edgeUrl}/client.js`, { method: 'HEAD' });
    expect(client.status).toBe(200);
    expect(Object.fromEntries(client.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=300, stale-while-revalidate=86400',
      'content-type': 'text/javascript; charset=utf-8',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    });

    expect((await runningWith(mark)).length).toBeGreaterThan(2);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(await runningWith(mark)).toEqual([]);
  });

  it("serves another model with that model's own tokenizer", async () => {
    const model = join(state, 'letters');
    await cp(EMBEDDED_CHECKPOINT, model, { recursive: true });
    const tokenizer = JSON.parse(await readFile(join(model, 'tokenizer.json'), 'utf8'));
    tokenizer.model.merges = [];
    await writeFile(join(model, 'tokenizer.json'), JSON.stringify(tokenizer));
    const tokensOf = async (folder: string) => {
      const { stdout } = await runCli(['tokenize', '--tokenizer', folder], {
        input: '{"turns": ["Hello there!"]}',
      });
      return jsonLines(stdout)[0].ids.length;
    };

    const { child, ended, printed, edgeUrl } = await start({ args: ['--model', model] });
    await printed('Ctrl-C stops everything.');
    const response = await fetch(`${edgeUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'Hello there!' }], max_tokens: 8 }),
    });
    const answer = (await response.json()) as { model: string; usage: { prompt_tokens: number } };
    child.kill('SIGINT');
    await ended;

    expect(answer.model).toBe('letters');
    expect(answer.usage.prompt_tokens).toBe(await tokensOf(model));
    expect(answer.usage.prompt_tokens).toBeGreaterThan(await tokensOf(EMBEDDED_CHECKPOINT));
  });

  it('stops while it compiles, and leaves nothing unfinished', async () => {
    const { child, ended, printed, output } = await start();
    await printed('Compiling tandem-mini');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(output()).not.toContain('Starting');
    expect((await readdir(join(state, 'models'))).filter((name) => name.includes('unfinished'))).toEqual([]);
  });

  it('stops while it is still starting', async () => {
    const { child, ended, printed, mark } = await start();
    await printed('Starting tandem-mini');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(await runningWith(mark)).toEqual([]);
  });

  it('goes on when nobody reads its output any more, and stops everything when its terminal closes', async () => {
    const { child, ended, printed, mark, edgeUrl } = await start();
    await printed('Compiling tandem-mini');
    child.stdout.destroy();
    child.stderr.destroy();
    await expect
      .poll(
        () =>
          fetch(`${edgeUrl}/healthz`).then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 60_000 },
      )
      .toBe(200);
    child.kill('SIGHUP');
    expect(await ended).toBe(0);
    expect(await runningWith(mark)).toEqual([]);
  });

  it('says in one line which tier failed, and stops the other', async () => {
    const { ended, printed, mark, output } = await start();
    await printed('Ctrl-C stops everything.');
    for (const { pid, command } of await runningWith(mark))
      if (command.includes('gpu-backend/main.ts')) process.kill(pid, 'SIGKILL');
    expect(await ended).toBe(1);
    expect(output()).toMatch(/^tandem: the backend ended\..*$/m);
    expect(await runningWith(mark)).toEqual([]);
  });

  it('says at once, and in one line, that the worker cannot be built', async () => {
    const model = join(state, 'without-tokenizer');
    expect((await runCli(['model', 'build', EMBEDDED_CHECKPOINT, '--out', model])).code).toBe(0);
    await rm(join(model, 'tokenizer.json'));
    const startedAt = performance.now();
    const { child, ended, mark, printed, output } = await start({ args: ['--model', model] });
    await printed('tandem: the edge');
    expect(await ended).toBe(1);
    expect(child.signalCode).toBe(null);
    expect(output()).toMatch(/^tandem: the edge cannot start\. It said: .*tokenizer\.json.*\n$/m);
    expect(output()).not.toContain('\u001b');
    expect(performance.now() - startedAt).toBeLessThan(60_000);
    expect(await runningWith(mark)).toEqual([]);
  });
});
