import { env } from 'cloudflare:workers';
import { consumeWakeUps } from '../../../edge/webhooks/inbound/consume.ts';
import { inboxName } from '../../../edge/webhooks/inbound/inbox-calls.ts';
import type { Integration } from '../../../edge/webhooks/integrations/find-integration.ts';
import type { IntegrationFailure } from '../../../edge/webhooks/integrations/integration-object.ts';
import { type TestAppOptions, testApp } from '../test-app.ts';
import { slackHeaders } from './sign.ts';

const SECRET = 'signing-secret';

/** What the channel's API was asked. */
export interface Asked {
  url: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever was sent
  body: any;
}

type Answer = (asked: Asked) => Response | Promise<Response>;

/** A workspace of Slack with its integration, in front of the real inboxes; the test is the queue. */
export function slackApp(
  options: TestAppOptions & { integration?: Partial<Integration>; slack?: Answer } = {},
) {
  const asked: Asked[] = [];
  const failures: IntegrationFailure[] = [];
  const integration: Integration = {
    id: `int_${crypto.randomUUID()}`,
    channel: 'slack',
    settings: { signingSecret: [SECRET], botToken: ['xoxb-1'] },
    persona: [],
    safety: true,
    places: null,
    quotas: {
      reserve: async () => ({ granted: true, standings: [], exceeded: [], waitMs: 0, buckets: {} }),
      settle: async () => {},
    },
    noteFailure: async (failure) => void failures.push(failure),
    ...options.integration,
  };
  const app = testApp({
    ...options,
    dependencies: {
      findIntegration: async (id) => (id === integration.id ? integration : null),
      fetch: async (input, init) => {
        const call = { url: String(input), body: JSON.parse(String(init?.body)) };
        asked.push(call);
        return options.slack?.(call) ?? Response.json({ ok: true });
      },
      ...options.dependencies,
    },
  });
  const path = `/webhooks/${integration.id}`;
  const inboxOf = async (conversation: string) =>
    env.INBOXES.getByName(await inboxName(integration.id, conversation));

  return {
    ...app,
    integration,
    path,
    asked,
    /** What the owner is told of. */
    failures,
    /** What was said in a channel, or where nothing else was asked for. */
    posts: () => asked.filter(({ url }) => url.endsWith('/chat.postMessage')).map(({ body }) => body.text),
    async send(
      body: string,
      { secret = SECRET, contentType = 'application/json', headers: others = {} } = {},
    ) {
      const nowSeconds = Math.floor(Date.now() / 1_000);
      const headers = await slackHeaders(body, { secret, nowSeconds, contentType });
      return app.request('POST', path, { body, headers: { ...headers, ...others } });
    },
    /** A direct message; `at` is its place in the conversation. */
    async say(
      text: string,
      { at, user = 'U1', channel = 'D1' }: { at: number; user?: string; channel?: string },
    ) {
      return this.send(JSON.stringify(directMessage(text, { at, user, channel })));
    },
    inboxOf,
    /** Brings wake-ups, as the queue does. */
    async wake(conversation: string): Promise<('ack' | 'retry')[]> {
      const outcomes: ('ack' | 'retry')[] = [];
      const message = {
        id: '1',
        timestamp: new Date(),
        attempts: 1,
        body: { inbox: await inboxName(integration.id, conversation) },
        ack: () => outcomes.push('ack'),
        retry: () => outcomes.push('retry'),
      };
      const batch = { queue: 'tandem-inbound', messages: [message] } as unknown as MessageBatch<{
        inbox: string;
      }>;
      await consumeWakeUps(batch, app.dependencies);
      return outcomes;
    },
  };
}

export function directMessage(
  text: string,
  { at, user = 'U1', channel = 'D1' }: { at: number; user?: string; channel?: string },
) {
  const ts = `1700000000.${String(at).padStart(6, '0')}`;
  return {
    type: 'event_callback',
    team_id: 'T1',
    event_id: `Ev${at}`,
    event: { type: 'message', channel_type: 'im', channel, user, text, ts },
    authorizations: [{ user_id: 'UBOT', is_bot: true }],
  };
}
