import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servableModel } from '../../infra/local/compiled-model.ts';
import { type LocalTandem, startLocalTandem } from '../../infra/local/tandem.ts';
import { EMBEDDED_CHECKPOINT } from '../../infra/paths.ts';
import { runCli } from '../infra/cli.ts';
import { freePort } from './free-port.ts';

/** Keys as their owner and their holders use them: the command line, an OpenAI client and a page against both tiers. */
let stateDirectory: string;
let tandem: LocalTandem;
let siteverify: Server;
const verified: URLSearchParams[] = [];

/** What stands in for Cloudflare's siteverify: it knows one person. */
async function startSiteverify(): Promise<string> {
  siteverify = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    verified.push(form);
    if (form.get('response') === 'broken') response.end('<html>oops');
    else response.end(JSON.stringify({ success: form.get('response') === 'a person' }));
  });
  const port = await freePort();
  await new Promise<void>((resolve) => siteverify.listen(port, '127.0.0.1', resolve));
  return `http://127.0.0.1:${port}/turnstile/v0/siteverify`;
}

beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'tandem-keys-'));
  const turnstileUrl = await startSiteverify();
  tandem = await startLocalTandem({
    model: await servableModel(EMBEDDED_CHECKPOINT, {
      modelsDirectory: join(stateDirectory, 'models'),
      hubCache: join(stateDirectory, 'hub'),
      log: () => {},
    }),
    edgePort: await freePort(),
    backendPort: await freePort(),
    stateDirectory,
    verbose: false,
    signal: new AbortController().signal,
    edgeVariables: { TURNSTILE_SECRET: 'turnstile-secret', TURNSTILE_URL: turnstileUrl },
  });
});

afterAll(async () => {
  await tandem?.stop();
  siteverify?.close();
  await rm(stateDirectory, { recursive: true, force: true });
});

const keys = (...args: string[]) =>
  runCli(['keys', ...args], {
    environment: { TANDEM_HOME: stateDirectory, EDGE_PORT: new URL(tandem.edgeUrl).port, ADMIN_TOKEN: '' },
  });

/** Makes a key and finds its id. */
async function create(...args: string[]): Promise<{ id: string; key: string }> {
  const { code, stdout, stderr } = await keys('create', '--json', ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

const client = (apiKey: string) => new OpenAI({ baseURL: `${tandem.edgeUrl}/v1`, apiKey, maxRetries: 0 });
const say = (apiKey: string) =>
  client(apiKey).chat.completions.create({
    model: 'tandem-mini',
    messages: [{ role: 'user', content: 'hello' }],
    max_tokens: 8,
  });

describe('development mode', () => {
  it('is over for what came through Cloudflare’s edge, a tunnel, or a page from elsewhere', async () => {
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${tandem.edgeUrl}/v1/models`, { headers })).status;
    expect(await status({})).toBe(200);
    expect(await status({ 'cf-ray': '8f00-AMS' })).toBe(403);
    expect(await status({ 'x-forwarded-for': '203.0.113.7' })).toBe(403);
    expect(await status({ origin: 'https://evil.example' })).toBe(403);
  });
});

describe('a secret key', () => {
  it('is made on the command line, the key alone on standard output', async () => {
    const { code, stdout, stderr } = await keys('create', '--name', 'shop', '--requests', '100/day');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^sk_tandem_\w+\n$/);
    expect(stderr).toMatch(/^key_\w+: secret "shop", requests 100\/day\nKeep the key now/);
    expect((await say(stdout.trim())).choices[0]!.message.content).toMatch(/\p{L}/u);
  });

  it('is told from a wrong one by OpenAI’s client', async () => {
    const { key } = await create();
    const wrong = say(`${key.slice(0, -9)}0${key.slice(-8)}`);
    await expect(wrong).rejects.toThrow(OpenAI.AuthenticationError);
    await expect(wrong).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
  });

  it('has quotas that OpenAI’s client sees', async () => {
    const { key } = await create('--requests', '2/day', '--tokens', '100000/day');
    const { response } = await client(key)
      .chat.completions.create({ model: 'tandem-mini', messages: [{ role: 'user', content: 'hello' }] })
      .withResponse();
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('1');
    expect(response.headers.get('ratelimit')).toMatch(/^"requests";r=1;t=\d+, "tokens";r=\d+/);
    await say(key);
    await expect(say(key)).rejects.toThrow(OpenAI.RateLimitError);
  });

  it('is listed, changed, rotated and revoked', async () => {
    const { id, key } = await create('--name', 'life');
    const update = await keys('update', id, '--requests', '7/hour', '--safety', 'off');
    expect(update.stdout).toBe(`${id}: secret "life", requests 7/hour, no word filter\n`);
    const { stdout } = await keys('list');
    expect(stdout).toMatch(
      new RegExp(`^${id} +secret +life +\\d{4}-\\d\\d-\\d\\d +- +requests 7/hour +-$`, 'm'),
    );

    const rotated = await keys('rotate', id, '--keep-old', '1h');
    expect(rotated.stderr).toMatch(/the old key works until \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    const next = rotated.stdout.trim();
    await say(key);
    await say(next);

    const revoked = await keys('revoke', id);
    expect(revoked.stdout).toMatch(/revoked \d{4}/);
    await expect(say(next)).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
    expect(JSON.parse((await keys('list', '--json')).stdout)).toContainEqual(
      expect.objectContaining({ id, revoked_at: expect.any(Number) }),
    );
  });

  it('opens "tandem chat"', async () => {
    const { key } = await create();
    const chat = (apiKey: string) =>
      runCli(['chat', '--url', tandem.edgeUrl], {
        input: 'hello\n',
        environment: { TANDEM_API_KEY: apiKey },
      });
    expect((await chat(key)).stdout).toMatch(/^bot: /);
    expect((await chat('sk_tandem_x')).stderr).toMatch(/^tandem: The key or session token is not valid/);
  });
});

describe('a publishable key', () => {
  const origin = 'http://localhost:5173';
  const post = (path: string, credential: string, body: object = {}) =>
    fetch(`${tandem.edgeUrl}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${credential}`, origin, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('trades for a token only where a person is there', async () => {
    const { key } = await create('--publishable', '--origin', origin);
    for (const body of [{}, { turnstile_token: 'a robot' }]) {
      const refused = await post('/v1/session-tokens', key, body);
      expect(refused.status).toBe(403);
      expect(await refused.json()).toMatchObject({ error: { code: 'turnstile_failed' } });
    }
    const broken = await post('/v1/session-tokens', key, { turnstile_token: 'broken' });
    expect(broken.status).toBe(503);
    expect(await broken.json()).toMatchObject({ error: { code: 'turnstile_unavailable' } });

    const traded = await post('/v1/session-tokens', key, { turnstile_token: 'a person' });
    expect(traded.status).toBe(201);
    expect(Object.fromEntries(verified.at(-1)!)).toEqual({
      secret: 'turnstile-secret',
      response: 'a person',
      remoteip: '127.0.0.1',
    });
    const { token } = (await traded.json()) as { token: string };
    const created = await post('/v1/sessions', token);
    const { id } = (await created.json()) as { id: string };
    const next = created.headers.get('x-tandem-session-token')!;
    const answer = await post(`/v1/sessions/${id}/messages`, next, { content: 'hello' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('ratelimit-policy')).toBe(
      '"requests";q=10000;w=86400, "session-requests";q=300;w=3600',
    );
  });

  it('cannot be made without the pages that it is for', async () => {
    const { code, stderr } = await keys('create', '--publishable');
    expect(code).toBe(2);
    expect(stderr).toBe(
      'tandem: name the pages that the key is for: --origin https://shop.example, once for each origin.\n',
    );
  });
});

describe('tandem bench', () => {
  it('measures the edge with a key out of a file', async () => {
    const { key } = await create();
    const keyFile = join(stateDirectory, 'shop.key');
    await writeFile(keyFile, `${key}\n`);
    const args = ['--clients', '2', '--seconds', '2', '--max-tokens', '8', '--json'];
    const { code, stdout } = await runCli(['bench', '--url', tandem.edgeUrl, '--key-file', keyFile, ...args]);
    expect(code).toBe(0);
    const [load] = JSON.parse(stdout).loads;
    expect(load.requests).toBeGreaterThan(0);
    expect(load.throughput_per_second).toBeGreaterThan(0);
  });
});

describe('tandem keys', () => {
  it.each<[string[], RegExp, number?]>([
    [['create', '--requests', 'many'], /A quota is like 60\/minute/, 2],
    [['rotate', 'key_0123456789ab', '--keep-old', 'long'], /A time is like/, 2],
    [['revoke', 'key_0123456789ab'], /There is no such key/],
    [['revoke', '../..'], /There is no such key/],
    [['update', 'key_0123456789ab'], /say what to change/, 2],
    [['list', '--url', 'http://edge.example'], /give the admin token of http:\/\/edge\.example/],
  ])('%j says what is wrong', async (args, message, exitCode = 1) => {
    const { code, stderr, stdout } = await keys(...args);
    expect(code).toBe(exitCode);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });

  it('does not send the admin token where others could read it', async () => {
    const { stderr } = await runCli(['keys', 'list', '--url', 'http://edge.example'], {
      environment: { ADMIN_TOKEN: 'x'.repeat(32) },
    });
    expect(stderr).toMatch(/is not encrypted/);
  });
});
