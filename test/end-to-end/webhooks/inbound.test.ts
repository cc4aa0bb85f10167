import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { simulateDiscord } from './channels/discord.ts';
import { simulateAskingSystem, simulateGeneric } from './channels/generic.ts';
import { simulateMessenger, simulateWhatsApp } from './channels/meta.ts';
import {
  type AskingChannel,
  PATIENCE_MS,
  type Said,
  type SimulatedChannel,
  type Teller,
  type ToldRequest,
} from './channels/simulated-channel.ts';
import { simulateSlack } from './channels/slack.ts';
import { simulateTeams } from './channels/teams.ts';
import { simulateTelegram } from './channels/telegram.ts';
import { simulateTwilio, simulateTwiml } from './channels/twilio.ts';
import { type EchoBackend, startEchoBackend } from './echo-backend.ts';
import { edgeCalls } from './edge-calls.ts';
import { type EdgeProcess, startEdge } from './edge-process.ts';

/**
 * The way of a message from a channel and back, in the real worker with its real queue and objects: only the channels'
 * servers and the backend are the test's, so that they have faults when they are to have some.
 */
const SLACK = simulateSlack();
const DISCORD = simulateDiscord();
const TELEGRAM = simulateTelegram();
const CHANNELS: SimulatedChannel[] = [
  ...[SLACK, DISCORD, TELEGRAM],
  ...[simulateWhatsApp(), simulateMessenger(), simulateTwilio(), simulateGeneric()],
];
const ASKING: AskingChannel[] = [simulateTeams(), simulateTwiml(), simulateAskingSystem()];
const ADMIN_TOKEN = 'a'.repeat(40);
/** How long a killed worker's message is held for it. */
const REPLY_MS = 4_000;
/** For a machine that has other things to do: half a minute is usual. */
const PATIENCE_FOR_ALL_MS = 150_000;

let state: string;
let backend: EchoBackend;
let edge: EdgeProcess;
const paths = new Map<Teller, string>();
const urlOf = (channel: Teller) => edge.url + paths.get(channel);

const start = () =>
  startEdge({
    state,
    variables: { BACKEND_URL: backend.url, BACKEND_TIMEOUT_MS: REPLY_MS, ADMIN_TOKEN },
  });
const admin = edgeCalls(() => edge.url, { authorization: `Bearer ${ADMIN_TOKEN}` });

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'tandem-inbound-'));
  backend = await startEchoBackend();
  await Promise.all(CHANNELS.map(({ server }) => server.start()));
  edge = await start();
  for (const channel of [...CHANNELS, ...ASKING]) {
    const { id } = await admin('POST', '/admin/v1/integrations', channel.integration());
    paths.set(channel, `/webhooks/${id}`);
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

function post(channel: Teller, { headers, body }: ToldRequest, timeoutMs = PATIENCE_MS): Promise<Response> {
  const signal = AbortSignal.timeout(timeoutMs);
  return fetch(urlOf(channel), { method: 'POST', headers, body, signal });
}

/** Tells of a message as a channel does: as often as it does where it is not heard in time. */
async function tell(channel: Teller, said: Said): Promise<void> {
  let answer = 'nothing';
  for (let times = 0; times < channel.times; times++) {
    const told = channel.tell(said, { url: urlOf(channel) });
    const heard = await post(channel, told, channel.patienceMs).catch(() => null);
    if (heard?.ok) return;
    answer = heard === null ? 'nothing' : `${heard.status} ${await heard.text()}`;
  }
  throw new Error(`${channel.name} gave up: the edge answers ${answer}.`);
}

/** Says something where the reply is in the answer. What was cut off is said again where the channel does that. */
async function ask(channel: AskingChannel, said: Said, isCut: boolean): Promise<string> {
  const request = () => channel.tell(said, { url: urlOf(channel) });
  if (isCut && channel.times > 1) await post(channel, request(), 50).catch(() => {});
  for (let times = 0; times < channel.times; times++) {
    const answer = await post(channel, request(), channel.patienceMs).catch(() => null);
    const reply = answer && (await channel.read(answer));
    if (reply !== null) return reply;
  }
  throw new Error(`${channel.name} gave up.`);
}

async function forge(channel: Teller, said: Said): Promise<Response> {
  return post(channel, channel.tell(said, { url: urlOf(channel), forged: true }));
}

/** The number that a reply ends with. */
const numberIn = (text: string) => Number(/(\d+)\D*$/.exec(text)?.[1]);
const saying = (conversation: string, nth: number): Said => ({ conversation, nth, text: `number ${nth}` });
const answered = (channel: SimulatedChannel, conversation: string) =>
  channel.server.shownIn(conversation).map(numberIn);
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

async function oneByOne<Value, Result>(
  values: Value[],
  work: (value: Value) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const value of values) results.push(await work(value));
  return results;
}

describe.each<Teller>([...CHANNELS, ...ASKING])('$name', (channel) => {
  it('is told from whom it is not: one answer to a wrong signature and to a wrong address', async () => {
    const forged = await forge(channel, saying('900', 1));
    expect(forged.status).toBe(401);
    const nobody = await fetch(`${edge.url}/webhooks/int_nobody`, {
      method: 'POST',
      ...channel.tell(saying('900', 1), { url: `${edge.url}/webhooks/int_nobody` }),
    });
    expect(nobody.status).toBe(401);
    const errorIn = async (response: Response) => ((await response.json()) as { error: object }).error;
    expect(await errorIn(nobody)).toEqual(await errorIn(forged));
  });
});

const ASK_FIRST = CHANNELS.filter((channel) => channel.handshake() !== null);
it.each(ASK_FIRST)('$name finds somebody there', async (channel) => {
  const { answer, ...asked } = channel.handshake()!;
  const response = 'query' in asked ? await fetch(urlOf(channel) + asked.query) : await post(channel, asked);
  expect(await response.text()).toBe(answer);
});

/**
 * Kills the worker with what is delivered and not acknowledged, what is being answered, and what nobody has seen yet, and starts
 * it anew. @returns what is to be so in the end
 */
async function killInTheMidst(): Promise<() => void> {
  const swallowed = SLACK.server.swallow(({ body }) => body?.channel === '201');
  await tell(SLACK, saying('201', 1));
  await swallowed;
  const { release, arrived } = backend.hold();
  await tell(DISCORD, saying('202', 1));
  await arrived;
  await Promise.all([tell(TELEGRAM, saying('203', 1)), tell(TELEGRAM, saying('203', 2))]);
  await edge.kill();
  release();
  edge = await start();
  return () => {
    expect(answered(DISCORD, '202')).toEqual([1]);
    expect(answered(TELEGRAM, '203')).toEqual([1, 2]);
    expect(answered(SLACK, '201')).toEqual([1]);
    const posts = SLACK.server.calls.filter(({ body }) => body?.channel === '201');
    expect(posts.length).toBeGreaterThan(1);
    // Which Slack takes for the same.
    expect(new Set(posts.map(({ body }) => body.client_msg_id)).size).toBe(1);
  };
}

describe('channels with all their faults, and a worker that was killed', () => {
  it(
    'have each message answered once, in order, and are answered at once while nothing else answers',
    async () => {
      const random = seeded(1);
      const LAST = 5;
      const expectKilledAnswered = await killInTheMidst();
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
      const [ordered, others] = [true, false].map((is) =>
        twice.filter(({ channel }) => channel.ordered === is),
      );
      await Promise.all([
        ...shuffled(ordered!, random).map(({ channel, said }) => tell(channel, said)),
        ...CHANNELS.map((channel) => forge(channel, saying('101', LAST + 2))),
        oneByOne(others!, ({ channel, said }) => tell(channel, said)),
      ]);

      // Heard, and never answered: after ten seconds it is told again.
      const swallowed = SLACK.server.swallow(({ body }) => body?.channel === '103');
      await tell(SLACK, saying('103', 1));
      backend.fails = (nth) => nth % 9 === 0;
      for (const { server, faults } of CHANNELS)
        server.fault = () => (random() < 0.3 ? faults[Math.floor(random() * faults.length)]! : null);
      release();
      const asked = ASKING.map((channel) =>
        oneByOne(count(1, LAST), async (nth) => ask(channel, saying('101', nth), random() < 0.4)),
      );
      const areAnswered = (lastIn: (conversation: string) => number) => () => {
        for (const { channel, conversation } of conversations)
          expect(answered(channel, conversation), channel.name).toEqual(count(1, lastIn(conversation)));
      };
      await vi.waitFor(
        areAnswered(() => LAST),
        { timeout: PATIENCE_FOR_ALL_MS, interval: 100 },
      );
      for (const [index, replies] of (await Promise.all(asked)).entries()) {
        // Who asks once only may hear that there is no answer in time; nobody ever hears another one's.
        const mayBeLate = ASKING[index]!.times === 1;
        for (const [at, reply] of replies.entries())
          expect(mayBeLate && reply.startsWith('Sorry') ? at + 1 : numberIn(reply), reply).toBe(at + 1);
      }
      await swallowed;

      // Told again when all is said and done.
      await Promise.all(rest.map(({ channel, said }) => tell(channel, said)));
      await Promise.all(CHANNELS.map((channel) => tell(channel, saying('101', LAST + 1))));
      await vi.waitFor(
        () => {
          areAnswered((conversation) => (conversation === '101' ? LAST + 1 : LAST))();
          expect(SLACK.server.calls.filter(({ body }) => body?.channel === '103').length).toBeGreaterThan(1);
          expect(answered(SLACK, '103')).toEqual([1]);
          expectKilledAnswered();
        },
        { timeout: PATIENCE_FOR_ALL_MS, interval: 100 },
      );
    },
    // So that it is said what is missing, and not only that time is over.
    3 * PATIENCE_FOR_ALL_MS,
  );
});
