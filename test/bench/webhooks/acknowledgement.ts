import { freePort } from '../../end-to-end/free-port.ts';
import type { ToldRequest } from '../../end-to-end/webhooks/channels/simulated-channel.ts';
import { simulateSlack } from '../../end-to-end/webhooks/channels/slack.ts';
import type { Bundle } from '../edge/bundle.ts';
import { FROM_LOOPBACK, startEdge } from '../edge/edge-in-workerd.ts';
import { timeOf } from '../edge/load.ts';
import { type Percentiles, percentilesOf } from '../statistics.ts';

/** How soon a channel had its answers. Times are in milliseconds. */
export interface Acknowledgement {
  messages: number;
  atOnce: number;
  /** Of a new message: verified, kept in its inbox, and the queue told of it. */
  message: Percentiles & { max: number };
  /** Of one that was sent before. */
  again: Percentiles;
  /** Of a handshake, which is only verified. */
  handshake: Percentiles;
  messagesPerSecond: number;
}

/** So that no inbox is full: what waits is not answered while the backend is down. */
const MESSAGES_A_CONVERSATION = 20;
const ADMIN_TOKEN = 'a'.repeat(40);

/** Tells the worker of messages, each once, while nobody listens where the backend should be. */
export async function measureAcknowledgement(
  bundle: Pick<Bundle, 'modules'>,
  { messages, atOnce }: { messages: number; atOnce: number },
): Promise<Acknowledgement> {
  const slack = simulateSlack();
  await slack.server.start();
  const edge = await startEdge(bundle, {
    BACKEND_URL: `http://127.0.0.1:${await freePort()}`,
    ADMIN_TOKEN,
    SEALING_SECRET: 's'.repeat(40),
  });
  try {
    const url = await makeIntegration(edge.url, slack.integration());
    const callOf = ({ headers, body }: ToldRequest) => ({
      url,
      headers: { ...FROM_LOOPBACK, ...headers },
      body,
    });
    const tell = (index: number) => {
      const conversation = `D${Math.floor(index / MESSAGES_A_CONVERSATION)}`;
      return callOf(slack.tell({ conversation, nth: index, text: `number ${index}` }, { url }));
    };
    const handshake = () => callOf(slack.handshake());
    const rounds = { count: messages, atOnce };
    await timesOf(handshake, { ...rounds, count: Math.ceil(messages / 5) });

    const startedAt = performance.now();
    const times = await timesOf(tell, rounds);
    const seconds = (performance.now() - startedAt) / 1_000;
    return {
      ...{ messages, atOnce },
      message: { ...percentilesOf(times), max: Math.max(...times) },
      again: percentilesOf(await timesOf(tell, rounds)),
      handshake: percentilesOf(await timesOf(handshake, rounds)),
      messagesPerSecond: messages / seconds,
    };
  } finally {
    await edge.stop();
    slack.server.close();
  }
}

/** The time of each call, so many at once. A signature is made just before its call. */
async function timesOf(
  callAt: (index: number) => Parameters<typeof timeOf>[0],
  { count, atOnce }: { count: number; atOnce: number },
): Promise<number[]> {
  const times: number[] = [];
  let sent = 0;
  const client = async () => {
    while (sent < count) times.push(await timeOf(callAt(sent++)));
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return times;
}

async function makeIntegration(edgeUrl: string, integration: object): Promise<string> {
  const response = await fetch(`${edgeUrl}/admin/v1/integrations`, {
    method: 'POST',
    headers: {
      ...FROM_LOOPBACK,
      authorization: `Bearer ${ADMIN_TOKEN}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(integration),
  });
  if (!response.ok) throw new Error(`The edge made no integration: ${await response.text()}`);
  const { id } = (await response.json()) as { id: string };
  return `${edgeUrl}/webhooks/${id}`;
}
