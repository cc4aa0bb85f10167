import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { edgeCalls } from './edge-calls.ts';
import { type EdgeProcess, startEdge } from './edge-process.ts';
import { startBackend } from './ready-backend.ts';
import { type Answer, accept, type Receiver, startReceiver } from './receiver.ts';

const WEBHOOKS = 20;
const SESSIONS = 250;
const AT_ONCE = 10;
/** A session's beginning and its reply, to each webhook. */
const DELIVERIES = WEBHOOKS * SESSIONS * 2;
const FAILING_SHARE = 0.2;
/** For a machine that has other things to do: half a minute is usual. */
const TIMEOUT_MS = 400_000;
/** Attempts that are never answered, and so take their fifteen seconds. */
const SILENT = 5;
const RETRY_SECONDS = '0,0.5,1,2,4';
/** Of the events, by the end of their ids: they fail each time. */
const HOPELESS = /[01]$/;

let state: string;
let backend: Awaited<ReturnType<typeof startBackend>>;
let edge: EdgeProcess;
let receiver: Receiver;
const request = edgeCalls(() => edge.url);

beforeAll(async () => {
  // In memory where there is a folder for that: the objects' forty thousand commits would wait for the disk.
  const folder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  state = await mkdtemp(join(folder, 'tandem-many-'));
  [backend, receiver] = await Promise.all([startBackend(), startReceiver()]);
  edge = await startEdge({
    state,
    variables: { BACKEND_URL: backend.url, WEBHOOK_RETRY_SECONDS: RETRY_SECONDS },
  });
});

afterAll(async () => {
  await edge?.kill();
  receiver?.stop();
  backend?.stop();
  await rm(state, { recursive: true, force: true });
});

const FAULTS: Answer[] = [
  (_, response) => void response.writeHead(500).end('no'),
  (_, response) => void response.writeHead(502).end(),
  (_, response) => void response.writeHead(429, { 'retry-after': '0' }).end(),
  (_, response) => void response.writeHead(308, { location: '/elsewhere' }).end(),
  (_, response) => void response.writeHead(404).end('x'.repeat(50_000)),
  (_, response) => void response.destroy(),
];

/** What is told in an event, as it may come over any of the webhooks. */
const told = (type: string, data: { session_id?: string; message_id?: string }) =>
  `${type} ${data.message_id ?? data.session_id}`;

it(
  `${DELIVERIES} deliveries arrive or are in the dead letters where a fifth of the attempts fail`,
  async () => {
    const delivered = Array.from({ length: WEBHOOKS }, () => new Set<string>());
    let attempts = 0;
    let failures = 0;
    receiver.answer = (webhook, response) => {
      attempts += 1;
      // As often as is said, and each kind in its turn.
      if (attempts <= SILENT) failures += 1;
      else if (HOPELESS.test(webhook.id) || Math.random() < FAILING_SHARE) {
        failures += 1;
        FAULTS[failures % FAULTS.length]!(webhook, response);
      } else {
        const { type, data } = JSON.parse(webhook.body);
        delivered[Number(webhook.path.slice(1))]!.add(told(type, data));
        accept(webhook, response);
      }
    };

    const webhooks: string[] = [];
    for (let index = 0; index < WEBHOOKS; index++) {
      const body = { url: `${receiver.url}/${index}`, events: ['session.created', 'message.replied'] };
      webhooks.push((await request('POST', '/v1/webhooks', body)).id);
    }
    const expected = new Set<string>();
    const talk = async () => {
      for (let left = SESSIONS / AT_ONCE; left > 0; left--) {
        const session = await request('POST', '/v1/sessions');
        const reply = await request('POST', `/v1/sessions/${session.id}/messages`, { content: 'hello' });
        expected.add(told('session.created', { session_id: session.id }));
        expected.add(told('message.replied', { message_id: reply.id }));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, talk));
    expect(expected.size).toBe(SESSIONS * 2);

    let letters = 0;
    for (const [index, id] of webhooks.entries()) {
      const failed = await vi.waitFor(() => deadLetters(id), { timeout: TIMEOUT_MS, interval: 500 });
      letters += failed.size;
      expect(delivered[index]!.union(failed)).toEqual(expected);
    }
    expect(failures / attempts).toBeGreaterThan(FAILING_SHARE / 2);
    // A sixteenth of the events is hopeless: the test has seen both ends.
    expect(letters).toBeGreaterThan(0);
    expect(letters).toBeLessThan(DELIVERIES / 6);
    expect(receiver.received.some(({ path }) => path === '/elsewhere')).toBe(false);
  },
  TIMEOUT_MS,
);

/** What could not be told; once nothing is on its way any more. */
async function deadLetters(webhook: string): Promise<Set<string>> {
  const pending = await request('GET', `/v1/webhooks/${webhook}/deliveries?status=pending&limit=1`);
  expect(pending.data).toEqual([]);
  const failed = new Set<string>();
  for (let after = ''; ; ) {
    const path = `/v1/webhooks/${webhook}/deliveries?status=failed&limit=100${after}`;
    const page = await request('GET', path);
    for (const { type, data } of page.data) failed.add(told(type, data));
    if (!page.has_more) return failed;
    after = `&after=${page.last_id}`;
  }
}
