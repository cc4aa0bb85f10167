import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servableModel } from '../../infra/local/compiled-model.ts';
import { type LocalTandem, startLocalTandem } from '../../infra/local/tandem.ts';
import { EMBEDDED_CHECKPOINT } from '../../infra/paths.ts';
import { runCli } from '../infra/cli.ts';
import { freePort } from './free-port.ts';

/** Other people's sessions as the edge's owner sees them on the command line, against both tiers. */
let stateDirectory: string;
let tandem: LocalTandem;
let id: string;

beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'tandem-sessions-'));
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
  });
  id = (await post('/v1/sessions', { persona: ['i live in norway.'], metadata: { user: 'ada' } })).id;
  await post(`/v1/sessions/${id}/messages`, { content: 'Hello there!' });
});

afterAll(async () => {
  await tandem?.stop();
  await rm(stateDirectory, { recursive: true, force: true });
});

async function post(path: string, body: object) {
  const response = await fetch(tandem.edgeUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.ok).toBe(true);
  return response.json() as Promise<{ id: string }>;
}

const sessions = (...args: string[]) =>
  runCli(['sessions', ...args], {
    environment: { TANDEM_HOME: stateDirectory, EDGE_PORT: new URL(tandem.edgeUrl).port, ADMIN_TOKEN: '' },
  });

describe('what is kept on this machine', () => {
  it.each(['state', 'logs'])('is for nobody else on it to read: %s', async (folder) => {
    expect((await stat(join(stateDirectory, folder))).mode & 0o777).toBe(0o700);
  });
});

describe('tandem console', () => {
  it('shows the token that opens the console, and where that is', async () => {
    const { stdout, stderr } = await runCli(['console'], {
      environment: { TANDEM_HOME: stateDirectory, EDGE_PORT: new URL(tandem.edgeUrl).port, ADMIN_TOKEN: '' },
    });
    expect(stderr).toBe(`Open ${tandem.edgeUrl}/console and log in with:\n`);
    const login = await fetch(`${tandem.edgeUrl}/console/login`, {
      method: 'POST',
      headers: { origin: tandem.edgeUrl, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token: stdout }).toString(),
      redirect: 'manual',
    });
    expect(login.status).toBe(303);
    const cookie = login.headers.get('set-cookie')!.split(';')[0]!;
    const page = await fetch(`${tandem.edgeUrl}/console`, { headers: { cookie } });
    expect(await page.text()).toContain('Requests a minute');
  });
});

describe('tandem sessions', () => {
  it('finds a session, and shows and exports what was said', async () => {
    const listed = await sessions('list', '--search', id);
    expect(listed.stdout).toMatch(/^ID .*METADATA\nsess_\S+ +- .* 2 +user=ada\n$/);
    const [found] = JSON.parse((await sessions('list', '--search', id, '--json')).stdout);
    expect(found).toMatchObject({ id, message_count: 2, metadata: { user: 'ada' } });

    const { stdout } = await sessions('show', id);
    expect(stdout).toContain('persona: i live in norway.\nuser: ada\n');
    expect(stdout).toMatch(/\nPerson: Hello there!\nBot: .+\n$/);
    const exported = JSON.parse((await sessions('export', id)).stdout);
    expect(exported).toMatchObject({ id, object: 'session.export', messages: [{}, {}] });
    expect(exported.messages[1].token_ids.length).toBeGreaterThan(1);
  });

  it.each<[string[], RegExp, number?]>([
    [['show', '../keys'], /There is no such session/],
    [['erase', 'sess_0123456789012345678901'], /There is no such session/],
    [['list', '--key', 'mine'], /key: must be the id of a key/],
    [['list', '--limit', 'all'], /a whole number/, 2],
    [['list', '--url', 'http://edge.example'], /give the admin token of http:\/\/edge\.example/],
  ])('%j says what is wrong', async (args, message, exitCode = 1) => {
    const { code, stderr, stdout } = await sessions(...args);
    expect(code).toBe(exitCode);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });

  it('erases a session', async () => {
    expect(await sessions('erase', id)).toMatchObject({ code: 0, stdout: `${id} is erased.\n` });
    expect((await sessions('show', id)).stderr).toMatch(/There is no such session/);
    expect((await fetch(`${tandem.edgeUrl}/v1/sessions/${id}`)).status).toBe(404);
  });
});
