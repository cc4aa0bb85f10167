import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TandemClient } from '../../../edge/widget/client/tandem-client.ts';
import { buildModel } from '../../../gpu-backend/compiler/build-model.ts';
import type { Precision } from '../../../gpu-backend/compiler/manifest.ts';
import { EMBEDDED_CHECKPOINT } from '../../../infra/paths.ts';
import { ACCOUNT, Cloudflare, TOKEN } from '../../infra/deploy/cloudflare.ts';
import { freePort } from '../free-port.ts';
import { type Receiver, startReceiver } from '../webhooks/receiver.ts';
import { BackendContainer, builtImage, type Running } from './backend-container.ts';
import { Operator } from './operator.ts';
import { openTunnel } from './tunnel.ts';

const BACKEND_TOKEN = 'the-token-of-a-backend-in-a-container-0123456789';
// A page that is tried out on this machine.
const SHOP = 'http://localhost:5173';

/** Of a session that was made, or of its history. */
interface Answer {
  id: string;
  data: { content: string }[];
}

/** README's "Ten minutes", each step after the one before, with real processes. */
describe.skipIf(builtImage === undefined)("a new operator's day", () => {
  let operator: Operator;
  let container: BackendContainer;
  let backend: Running | undefined;
  let receiver: Receiver | undefined;
  let keyId: string;
  let secretKey: string;
  let publishableKey: string;
  let sessionId: string;

  beforeAll(async () => {
    container = await BackendContainer.create();
    const ports = { edge: await freePort(), backend: await freePort() };
    operator = await Operator.begin(join(container.store.folder, 'tandem'), ports);
    receiver = await startReceiver();
  });
  afterAll(async () => {
    receiver?.stop();
    await operator?.interrupt();
    await backend?.stop('SIGKILL');
    await backend?.ended;
  });

  const withKey = () => ({ authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' });
  async function call(method: string, path: string, body?: unknown) {
    const response = await fetch(`${operator.edgeUrl}${path}`, {
      method,
      headers: withKey(),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer };
  }
  const say = (content: string) => call('POST', `/v1/sessions/${sessionId}/messages`, { content });
  async function history(): Promise<string[]> {
    const { body } = await call('GET', `/v1/sessions/${sessionId}/messages`);
    return body.data.map(({ content }) => content);
  }

  /** A model in the container's volume, served with a token. */
  async function startBackend(precision: Precision, port?: number): Promise<Running> {
    const model = join(container.store.folder, `model-${precision}`);
    await buildModel({ checkpoint: EMBEDDED_CHECKPOINT, out: model, precision, name: 'tandem-mini' });
    return container.start(
      (variables) => container.run(model, { ...variables, BACKEND_TOKEN, INFERENCE_THREADS: '1' }),
      port,
    );
  }
  async function problems(): Promise<{ code: number | null; found: { about: string; advice?: string }[] }> {
    const { code, stdout } = await operator.tandem('doctor', '--json');
    const findings = JSON.parse(stdout) as { about: string; state: string; advice?: string }[];
    return { code, found: findings.filter(({ state }) => state === 'problem') };
  }

  it('starts what was cloned, and talks', async () => {
    await operator.up();
    const response = await fetch(`${operator.edgeUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'Hello!' }] }),
    });
    const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
    expect(choices[0]!.message.content).toMatch(/\p{L}/u);
  });

  it('makes a key for a server and one for a page', async () => {
    const { stdout } = await operator.tandem('keys', 'create', '--name', 'shop', '--json');
    ({ id: keyId, key: secretKey } = JSON.parse(stdout));
    publishableKey = (
      await operator.tandem('keys', 'create', '--publishable', '--origin', SHOP)
    ).stdout.trim();
    expect([secretKey, publishableKey]).toEqual([
      expect.stringMatching(/^sk_/),
      expect.stringMatching(/^pk_/),
    ]);
  });

  it('puts the chat into a page, and nobody else can', async () => {
    const widget = await fetch(`${operator.edgeUrl}/widget.js`);
    expect(widget.headers.get('content-type')).toMatch(/javascript/);
    const clientAt = (origin: string) =>
      new TandemClient({
        url: operator.edgeUrl,
        key: publishableKey,
        fetch: (input, init) =>
          fetch(input, { ...init, headers: { ...Object.fromEntries(new Headers(init?.headers)), origin } }),
      });
    const page = clientAt(SHOP);
    await page.open();
    await page.send('Hello!');
    expect(page.state.messages.at(-1)).toMatchObject({ role: 'assistant', status: 'done' });
    page.close();
    const thief = clientAt('http://localhost:6666');
    await expect(thief.send('Hello!')).rejects.toThrow('This key is not for pages of http://localhost:6666');
    thief.close();
  });

  it('is told of replies, signed', async () => {
    const { stdout } = await operator.tandem(
      ...[
        'webhooks',
        'create',
        `${receiver!.url}/told`,
        '--event',
        'message.replied',
        '--key',
        keyId,
        '--json',
      ],
    );
    const { secret } = JSON.parse(stdout) as { secret: string };
    sessionId = (await call('POST', '/v1/sessions', { persona: ['i have a dog named biscuit.'] })).body.id;
    expect((await say('Do you have any pets?')).status).toBe(200);
    await expect.poll(() => receiver!.received.length, { timeout: 20_000 }).toBeGreaterThan(0);
    const { body, headers } = receiver!.received[0]!;
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({ type: 'message.replied' });
  });

  it('moves the model into a container, and the conversations stay', async () => {
    const before = await history();
    expect(await operator.interrupt()).toBe(0);
    backend = await startBackend('fp32');
    await operator.up(['--backend', backend.url], { BACKEND_TOKEN });
    expect(await history()).toEqual(before);
    expect((await say('What is its name?')).status).toBe(200);
    expect(await problems()).toEqual({ code: 0, found: [] });
  });

  it('sees what a deployment would make, and nothing is made', async () => {
    const cloudflare = new Cloudflare();
    await cloudflare.listen();
    const tunnel = await openTunnel(backend!.url, join(container.store.folder, 'authority.pem'));
    const account = {
      CLOUDFLARE_API_BASE_URL: cloudflare.url,
      CLOUDFLARE_API_TOKEN: TOKEN,
      CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
      NODE_EXTRA_CA_CERTS: tunnel.authorityFile,
      BACKEND_TOKEN,
    };
    const secrets = join(container.store.folder, 'secrets');
    const { code, stdout } = await operator.tandemWith(
      account,
      ...['deploy', '--env', 'staging', '--dry-run', '--json', '--backend', tunnel.url, '--secrets', secrets],
    );
    tunnel.close();
    cloudflare.close();
    const { result, plan, why } = JSON.parse(stdout);
    expect({ result, why, code }).toEqual({ result: 'planned', code: 0 });
    expect(plan).toMatchObject({
      worker: 'tandem-staging',
      namespaces: ['tandem-staging-keys', 'tandem-staging-sessions'],
    });
    expect(cloudflare.changes).toEqual([]);
  });

  it('learns from doctor that the backend was killed', async () => {
    await backend!.stop('SIGKILL');
    await backend!.ended;
    expect((await say('Are you there?')).status).toBe(503);
    const { code, found } = await problems();
    expect(code).toBe(1);
    expect(found.map(({ about }) => about).join()).toContain('backend');
    expect(found.every(({ advice }) => advice)).toBe(true);
  });

  it('upgrades the model where the old one stood, and the conversation goes on', async () => {
    const before = await history();
    backend = await startBackend('int8', backend!.port);
    await expect.poll(async () => (await say('Are you there?')).status, { timeout: 20_000 }).toBe(200);
    expect((await history()).slice(0, before.length)).toEqual(before);
    expect(await problems()).toEqual({ code: 0, found: [] });
  });

  it("erases a person's data", async () => {
    expect((await operator.tandem('sessions', 'export', sessionId)).stdout).toContain('biscuit');
    expect((await operator.tandem('sessions', 'erase', sessionId)).code).toBe(0);
    expect((await call('GET', `/v1/sessions/${sessionId}`)).status).toBe(404);
    const { stdout } = await operator.tandem('sessions', 'export', sessionId);
    expect(stdout).not.toContain('biscuit');
  });
});
