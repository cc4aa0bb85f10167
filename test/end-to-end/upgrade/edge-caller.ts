export const ADMIN_TOKEN = 'an-admin-token-that-all-versions-take';
const ADMIN = { authorization: `Bearer ${ADMIN_TOKEN}` };

export interface Call {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Speaks to an edge at its present address. */
export class EdgeCaller {
  readonly #address: () => string;

  constructor(address: () => string) {
    this.#address = address;
  }

  async send(path: string, { method = 'POST', body, headers = {} }: Call = {}) {
    const response = await fetch(`${this.#address()}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  // biome-ignore lint/suspicious/noExplicitAny: the tests say what the answers must be
  async call(path: string, options?: Call): Promise<any> {
    const { status, text } = await this.send(path, options);
    if (status >= 300) throw new Error(`${path} answered ${status}: ${text}`);
    return JSON.parse(text);
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  asAdmin(path: string, call: Call = {}): Promise<any> {
    return this.call(path, { ...call, headers: ADMIN });
  }
}

/** What a person leaves in an edge's stores. */
export interface Stored {
  key: { id: string; key: string };
  integration: { id: string; webhook_url: string };
  session: { id: string };
  reply: { id: string; content: string };
}

/** The secret that Slack signs with, as the integration has it sealed. */
export const SIGNING_SECRET = 'signs';
export const SAID: Call = {
  body: { content: 'What is your name?' },
  headers: { 'idempotency-key': 'said-before' },
};

/** Makes a key, an integration, and with the key a session with an exchange. */
export async function storeSomething(edge: EdgeCaller): Promise<Stored> {
  const key = await edge.asAdmin('/admin/v1/keys', { body: { kind: 'secret', name: 'shop' } });
  const secrets = { signing_secret: SIGNING_SECRET, bot_token: 'xoxb-1' };
  const integration = await edge.asAdmin('/admin/v1/integrations', {
    body: { channel: 'slack', name: 'support', secrets },
  });
  const asKey = { authorization: `Bearer ${key.key}` };
  const persona = ['i have a dog named biscuit.'];
  const session = await edge.call('/v1/sessions', {
    body: { persona, metadata: { user: '7' } },
    headers: asKey,
  });
  const path = `/v1/sessions/${session.id}/messages`;
  const reply = await edge.call(path, { ...SAID, headers: { ...SAID.headers, ...asKey } });
  return {
    key: { id: key.id, key: key.key },
    integration: { id: integration.id, webhook_url: integration.webhook_url },
    session: { id: session.id },
    reply: { id: reply.id, content: reply.content },
  };
}
