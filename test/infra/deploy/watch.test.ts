import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { watch } from '../../../infra/deploy/watch.ts';

const STAGE = { versionId: 'new', watchMs: 60_000, patienceMs: 20_000 };

/** What an edge says at a path when it is asked for the n-th time. */
type Answers = Record<string, (n: number) => [status: number, body: object]>;

const ok = (version_id = 'new'): [number, object] => [200, { status: 'ok', version_id }];
const degraded = (version_id: string): [number, object] => [503, { status: 'degraded', version_id }];
const threw: [number, object] = [500, { error: { message: 'It threw.' } }];

let server: Server | undefined;
afterEach(() => server?.close());

/** Watches such an edge, by a clock that only waiting moves. */
async function watched(answers: Answers, adminToken?: string) {
  const asked: string[] = [];
  server = createServer((request, response) => {
    const path = request.url!;
    asked.push(path);
    const [status, body] = answers[path]?.(asked.filter((one) => one === path).length) ?? [404, {}];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let nowMs = 0;
  const wait = async (ms: number) => {
    nowMs += ms;
  };
  const verdict = await watch({ address, worker: 'tandem', adminToken }, STAGE, { now: () => nowMs, wait });
  return { verdict, nowMs, asked };
}

describe('a version under watch', () => {
  it('is well where it answers for as long as it is watched', async () => {
    const { verdict, nowMs } = await watched({ '/healthz': () => ok() });
    expect(verdict).toEqual({ kind: 'well' });
    expect(nowMs).toBe(60_000);
  });

  it('is not judged by the other version, which still answers for a while', async () => {
    const { verdict } = await watched({ '/healthz': (n) => (n <= 3 ? degraded('old') : ok()) });
    expect(verdict).toEqual({ kind: 'well' });
  });

  it('may fail once', async () => {
    const { verdict } = await watched({ '/healthz': (n) => (n === 3 ? threw : ok()) });
    expect(verdict).toEqual({ kind: 'well' });
  });

  it('is not well where it fails twice in a row, and nobody waits longer', async () => {
    const { verdict, nowMs } = await watched({ '/healthz': (n) => (n <= 2 ? ok() : threw) });
    expect(verdict).toEqual({ kind: 'unwell', why: '/healthz: answered 500, It threw.' });
    expect(nowMs).toBeLessThan(20_000);
  });

  it('is not well where none of its backends is ready', async () => {
    const { verdict } = await watched({ '/healthz': () => degraded('new') });
    expect(verdict).toEqual({ kind: 'unwell', why: '/healthz: no backend of its is ready' });
  });

  it('is not well where it never says who it is', async () => {
    const { verdict, nowMs } = await watched({ '/healthz': () => threw });
    expect(verdict).toMatchObject({ kind: 'unwell' });
    expect(nowMs).toBe(STAGE.patienceMs);
  });

  it('is not known where no request reaches it', async () => {
    const { verdict } = await watched({ '/healthz': () => ok('old') });
    expect(verdict).toMatchObject({ kind: 'unknown' });
  });

  it('is not well where a store does not answer it', async () => {
    const stores = [{ name: 'KEYS', ok: false, error: 'away' }];
    const answers: Answers = { '/healthz': () => ok(), '/admin/v1/diagnostics': () => [200, { stores }] };
    expect((await watched(answers, 'token')).verdict).toEqual({ kind: 'unwell', why: 'KEYS: away' });
  });

  it('is not blamed for an admin token that is another’s', async () => {
    const answers: Answers = { '/healthz': () => ok(), '/admin/v1/diagnostics': () => [401, {}] };
    expect((await watched(answers, 'token')).verdict).toEqual({ kind: 'well' });
  });

  it('is not well where requests begin to fail', async () => {
    const figures = (n: number): [number, object] => [
      200,
      { minutes: [{ at: 60, requests: 100 + n * 10, server_errors: n > 3 ? 12 : 0 }] },
    ];
    const answers: Answers = { '/healthz': () => ok(), '/admin/v1/figures': figures };
    expect((await watched(answers, 'token')).verdict).toMatchObject({
      kind: 'unwell',
      why: expect.stringContaining('12 of 30 requests failed'),
    });
  });

  it('shows the admin token to nobody where there is none', async () => {
    const { asked } = await watched({ '/healthz': () => ok() });
    expect(new Set(asked)).toEqual(new Set(['/healthz']));
  });
});
