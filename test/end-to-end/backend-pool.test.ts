import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CompiledModel, servableModel } from '../../infra/local/compiled-model.ts';
import { type LocalTandem, startLocalTandem } from '../../infra/local/tandem.ts';
import { Tier } from '../../infra/local/tier.ts';
import { EMBEDDED_CHECKPOINT } from '../../infra/paths.ts';
import { BackendProcess, TOKEN } from '../gpu-backend/server/backend-process.ts';
import { freePort } from './free-port.ts';

/**
 * The real worker before three real servers: two of Tandem's backends and one that shares no code with them. One after the
 * other is killed, as a machine that dies would take it away.
 */
const INDEPENDENT_BACKEND = fileURLToPath(new URL('independent-backend.mjs', import.meta.url));
const patience = { timeoutMs: 60_000, signal: new AbortController().signal };

let stateDirectory: string;
let model: CompiledModel;
let ports: { second: number; independent: number };
let second: BackendProcess;
let independent: Tier;
let tandem: LocalTandem;

async function startSecond(): Promise<BackendProcess> {
  const backend = new BackendProcess({
    HOST: '127.0.0.1',
    BACKEND_PORT: String(ports.second),
    MODEL_DIR: model.directory,
    MODEL_NAME: model.manifest.name,
    BACKEND_TOKEN: TOKEN,
  });
  await backend.logged('listening');
  while (!(await backend.fetch('/v2/health/ready')).ok)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return backend;
}

beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'tandem-pool-'));
  model = await servableModel(EMBEDDED_CHECKPOINT, {
    modelsDirectory: join(stateDirectory, 'models'),
    hubCache: join(stateDirectory, 'hub'),
    log: () => {},
  });
  const { name } = model.manifest;
  const backendPort = await freePort();
  ports = { second: await freePort(), independent: await freePort() };
  const url = (port: number) => `http://127.0.0.1:${port}`;
  second = await startSecond();
  independent = new Tier({
    name: 'independent',
    script: [INDEPENDENT_BACKEND, model.directory, name, String(ports.independent)],
    environment: { ORT_DISABLE_TELEMETRY: '1' },
    workingDirectory: stateDirectory,
    logFile: join(stateDirectory, 'independent.log'),
    verbose: false,
  });
  await independent.ready(`${url(ports.independent)}/v2/models/${name}/ready`, patience);
  tandem = await startLocalTandem({
    model,
    edgePort: await freePort(),
    backendPort,
    stateDirectory,
    verbose: false,
    signal: patience.signal,
    edgeVariables: {
      SECOND_TOKEN: TOKEN,
      BACKENDS: JSON.stringify([
        { name: 'first', url: url(backendPort) },
        { name: 'second', url: url(ports.second), token_secret: 'SECOND_TOKEN' },
        { name: 'independent', url: url(ports.independent) },
      ]),
    },
  });
});

afterAll(async () => {
  second?.signal('SIGKILL');
  for (const part of [tandem, independent]) await part?.stop();
  await rm(stateDirectory, { recursive: true, force: true });
});

interface Reply {
  status: number;
  content: string | undefined;
}

async function ask(content: string): Promise<Reply> {
  const response = await fetch(`${tandem.edgeUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content }] }),
  });
  const body = (await response.json()) as { choices?: { message: { content: string } }[] };
  return { status: response.status, content: body.choices?.[0]?.message.content };
}

interface Status {
  name: string;
  ready: boolean;
  standing: string;
}

async function statusOf(name: string): Promise<Status> {
  const response = await fetch(`${tandem.edgeUrl}/healthz`);
  const { backends } = (await response.json()) as { backends: Status[] };
  return backends.find((backend) => backend.name === name)!;
}

/** `count` requests, `atOnce` at a time; `after` is called once that many are answered. */
async function load(count: number, { atOnce, after }: { atOnce: number; after: [number, () => void] }) {
  const replies: Reply[] = [];
  let sent = 0;
  const client = async () => {
    while (sent < count) {
      sent += 1;
      replies.push(await ask('Hello! Do you have any pets?'));
      if (replies.length === after[0]) after[1]();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return replies;
}

// The limit of one client, 120 requests in a minute, is as deployed.
describe('three backends', () => {
  it('all serve, and say the same', async () => {
    const replies = await load(12, { atOnce: 6, after: [12, () => {}] });
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    expect(new Set(replies.map(({ content }) => content)).size).toBe(1);
  });

  it('lose one under load, and no client sees it', async () => {
    // What it was working on is reset in the middle.
    const replies = await load(40, { atOnce: 8, after: [12, () => second.signal('SIGKILL')] });
    expect(replies.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(replies.map(({ content }) => content)).size).toBe(1);
    expect(await statusOf('second')).toMatchObject({ ready: false });
  });

  it('get it back when it is there again', async () => {
    second = await startSecond();
    let status = await statusOf('second');
    for (let attempt = 0; status.standing !== 'ready' && attempt < 20; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      // Probes go beside requests.
      expect((await ask('Hello!')).status).toBe(200);
      status = await statusOf('second');
    }
    expect(status).toMatchObject({ ready: true, standing: 'ready' });
  });

  it('may be down to one that shares no code with Tandem', async () => {
    const before = await ask('What is your name?');
    second.signal('SIGTERM');
    await Promise.all([second.exited, tandem.backend.stop()]);
    const replies = await load(8, { atOnce: 2, after: [8, () => {}] });
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    expect((await ask('What is your name?')).content).toBe(before.content);
    expect(await statusOf('independent')).toMatchObject({ ready: true });
  });

  it('may all be away, which is said at once', async () => {
    await independent.stop();
    expect((await ask('Hello?')).status).toBe(503);
  });
});
