import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type Said,
  type SimulatedChannel,
  simulateDiscord,
  simulateSlack,
  simulateTelegram,
} from './channels.ts';
import { type EchoBackend, startEchoBackend } from './echo-backend.ts';
import { type EdgeProcess, startEdge } from './edge-process.ts';

/**
 * The way of a message from a channel and back, in the real worker with its real queue and objects: only the channels'
 * servers and the backend are the test's, so that they have faults when they are to have some.
 */
const SLACK = simulateSlack();
const DISCORD = simulateDiscord();
const TELEGRAM = simulateTelegram();
const CHANNELS: SimulatedChannel[] = [SLACK, DISCORD, TELEGRAM];
const ADMIN_TOKEN = 'a'.repeat(40);
const CHANNEL_TIMEOUT_MS = 3_000;
/** How long a killed worker's message is held for it. */
const REPLY_MS = 2_000;

let state: string;
let backend: EchoBackend;
let edge: EdgeProcess;
const addresses = new Map<SimulatedChannel, string>();

const start = () =>
  startEdge({
    state,
    variables: { BACKEND_URL: backend.url, BACKEND_TIMEOUT_MS: REPLY_MS, ADMIN_TOKEN },
  });

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'tandem-inbound-'));
  backend = await startEchoBackend();
  for (const { server } of CHANNELS) await server.start();
  edge = await start();
  for (const channel of CHANNELS) {
    const response = await fetch(`${edge.url}/admin/v1/integrations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(channel.integration()),
    });
    expect(response.status).toBe(201);
    const { id } = (await response.json()) as { id: string };
    addresses.set(channel, `/webhooks/${id}`);
  }
});

afterEach(() => {
  backend.fails = () => false;
  for (const { server } of CHANNELS) server.fault = () => null;
});

afterAll(async () => {
  await edge?.kill();
  backend?.close();
  for (const { server } of CHANNELS) server.close();
  await rm(state, { recursive: true, force: true });
});

function post(
  channel: SimulatedChannel,
  { headers, body }: { headers: Record<string, string>; body: string },
) {
  const signal = AbortSignal.timeout(CHANNEL_TIMEOUT_MS);
  return fetch(edge.url + addresses.get(channel), { method: 'POST', headers, body, signal });
}

/** Tells of a message as a channel does: again, where it is not heard in time. */
async function tell(channel: SimulatedChannel, said: Said): Promise<void> {
  const MOST_TIMES = 4;
  for (let times = 0; times < MOST_TIMES; times++) {
    const heard = await post(channel, channel.tell(said)).catch(() => null);
    if (heard?.ok) return;
  }
  throw new Error('The channel gave up.');
}

/** The numbers that replies end with. */
const numbers = (texts: string[]) => texts.map((text) => Number(/(\d+)\D*$/.exec(text)?.[1]));
const saying = (conversation: string, nth: number): Said => ({ conversation, nth, text: `number ${nth}` });
const answered = (channel: SimulatedChannel, conversation: string) =>
  numbers(channel.server.shownIn(conversation));
const count = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** The same numbers in each run. */
function seeded(seed: number): () => number {
  let value = seed;
  return () => {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    return value / 2 ** 32;
  };
}

function shuffled<Value>(values: Value[], random: () => number): Value[] {
  return values
    .map((value) => ({ value, key: random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ value }) => value);
}

describe.each(CHANNELS)('$name', (channel) => {
  it('finds somebody there, who is no fool', async () => {
    const handshake = channel.handshake();
    if (handshake !== null) {
      const response = await post(channel, handshake);
      expect(await response.json()).toEqual(handshake.answer);
    }
    const forged = await post(channel, channel.tell(saying('900', 1), { forged: true }));
    expect(forged.status).toBe(401);
    const nobody = await fetch(`${edge.url}/webhooks/int_nobody`, {
      method: 'POST',
      ...channel.tell(saying('900', 1)),
    });
    expect(nobody.status).toBe(401);
    const { error } = (await nobody.json()) as { error: object };
    expect(error).toEqual(((await forged.json()) as { error: object }).error);
  });
});

describe('channels with all their faults', () => {
  it('are answered at once while nothing else answers, and have each message answered once, in order', async () => {
    const random = seeded(1);
    const LAST = 6;
    const conversations = CHANNELS.flatMap((channel) =>
      ['101', '102'].map((conversation) => ({ channel, conversation })),
    );
    // The first is under way, the others wait: those are told of in any order.
    const { release, arrived } = backend.hold();
    const first = conversations.map(({ channel, conversation }) => tell(channel, saying(conversation, 1)));
    await Promise.all([...first, arrived]);
    const rest = conversations.flatMap(({ channel, conversation }) =>
      count(2, LAST).map((nth) => ({ channel, said: saying(conversation, nth) })),
    );
    const twice = rest.flatMap((told) => (random() < 0.4 ? [told, told] : [told]));
    await Promise.all(shuffled(twice, random).map(({ channel, said }) => tell(channel, said)));

    backend.fails = (nth) => nth % 9 === 0;
    for (const { server, faults } of CHANNELS)
      server.fault = () => (random() < 0.3 ? faults[Math.floor(random() * faults.length)]! : null);
    release();
    await vi.waitFor(
      () => {
        for (const { channel, conversation } of conversations)
          expect(answered(channel, conversation)).toEqual(count(1, LAST));
      },
      { timeout: 90_000, interval: 100 },
    );

    // Told again when all is said and done.
    await Promise.all(rest.slice(0, 5).map(({ channel, said }) => tell(channel, said)));
    for (const channel of CHANNELS) await tell(channel, saying('101', LAST + 1));
    await vi.waitFor(
      () => {
        for (const channel of CHANNELS) expect(answered(channel, '101')).toEqual(count(1, LAST + 1));
      },
      { timeout: 60_000, interval: 100 },
    );
  });
});

describe('a worker that is killed', () => {
  it('between a delivery and its acknowledgement, with a reply under way, and with a message that just came', async () => {
    // A conversation each: what is delivered and not acknowledged, what is being answered, what nobody has seen.
    await tell(SLACK, saying('201', 1));
    await SLACK.server.swallow(({ body }) => body?.channel === '201');
    const { release, arrived } = backend.hold();
    await tell(DISCORD, saying('202', 1));
    await arrived;
    await Promise.all([tell(TELEGRAM, saying('203', 1)), tell(TELEGRAM, saying('203', 2))]);
    await edge.kill();
    release();
    edge = await start();

    await vi.waitFor(
      () => {
        expect(answered(DISCORD, '202')).toEqual([1]);
        expect(answered(TELEGRAM, '203')).toEqual([1, 2]);
        const posts = SLACK.server.calls.filter(({ body }) => body?.channel === '201');
        expect(posts).toHaveLength(2);
        // Which Slack takes for the same.
        expect(new Set(posts.map(({ body }) => body.client_msg_id)).size).toBe(1);
      },
      { timeout: 60_000, interval: 200 },
    );
    expect(answered(SLACK, '201')).toEqual([1]);
  });
});
