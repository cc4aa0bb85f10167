import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CompiledModel, servableModel } from '../../../infra/local/compiled-model.ts';
import { type LocalEdge, type LocalTandem, startLocalEdge } from '../../../infra/local/tandem.ts';
import { Tier } from '../../../infra/local/tier.ts';
import { EMBEDDED_CHECKPOINT } from '../../../infra/paths.ts';
import { BackendProcess, TOKEN } from '../../gpu-backend/server/backend-process.ts';
import { runCli } from '../../infra/cli.ts';
import { freePort } from '../free-port.ts';
import { type CheckedOut, checkOut, EARLIER_VERSIONS, isInHistory } from './earlier-version.ts';
import { ADMIN_TOKEN, EdgeCaller, SAID, SIGNING_SECRET, type Stored, storeSomething } from './edge-caller.ts';

/**
 * A fleet while it is upgraded, with real processes: an earlier version's edge before today's backend (backends go first), then
 * today's edge, over what the earlier one has stored, before the earlier backend (backends were rolled back), and before a server
 * that shares no code with Tandem and runs the earlier graph.
 */
const INDEPENDENT_BACKEND = fileURLToPath(new URL('../independent-backend.mjs', import.meta.url));
const unlimited = new AbortController().signal;

let home: string;
let model: CompiledModel;
let backend: BackendProcess;
let backendUrl: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tandem-upgrade-'));
  model = await compile(servableModel, EMBEDDED_CHECKPOINT, home);
  backend = new BackendProcess({
    HOST: '127.0.0.1',
    MODEL_DIR: model.directory,
    MODEL_NAME: model.manifest.name,
    BACKEND_TOKEN: TOKEN,
  });
  backendUrl = String((await backend.logged('listening'))['url']);
  // From here on earlier backends take this one besides their own, as while a token rotates.
  process.env['BACKEND_TOKEN_PREVIOUS'] = TOKEN;
});

afterAll(async () => {
  backend?.signal('SIGKILL');
  await rm(home, { recursive: true, force: true });
});

function compile(servable: typeof servableModel, checkpoint: string, folder: string): Promise<CompiledModel> {
  const places = { modelsDirectory: join(folder, 'models'), hubCache: join(home, 'hub') };
  return servable(checkpoint, { ...places, log: () => {} });
}

/** A compiled model in ONNX Runtime, behind the protocol and nothing else. */
async function startGraph(
  { directory, manifest }: CompiledModel,
  folder: string,
): Promise<{ url: string; tier: Tier }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const tier = new Tier({
    name: 'independent',
    script: [INDEPENDENT_BACKEND, directory, manifest.name, String(port)],
    environment: { ORT_DISABLE_TELEMETRY: '1' },
    workingDirectory: folder,
    logFile: join(folder, 'independent.log'),
    verbose: false,
  });
  await tier.ready(`${url}/v2/models/${manifest.name}/ready`, { timeoutMs: 60_000, signal: unlimited });
  return { url, tier };
}

const missing = new Set<string>();
for (const version of EARLIER_VERSIONS) {
  if (await isInHistory(version)) continue;
  missing.add(version.commit);
  console.warn(
    `NOT TRIED beside ${version.commit}, ${version.name}: this clone lacks it (git fetch --unshallow).`,
  );
}

describe.each(EARLIER_VERSIONS)('the version $name', (version) => {
  const isMissing = missing.has(version.commit);
  let earlier: CheckedOut;
  let stateDirectory: string;
  let graph: Awaited<ReturnType<typeof startGraph>>;
  let tandem: LocalTandem;
  let edge: LocalEdge | undefined;

  beforeAll(async () => {
    if (isMissing) return;
    earlier = await checkOut(version);
    stateDirectory = await mkdtemp(join(home, 'state-'));
    const earlierModel = await compile(earlier.servableModel, earlier.checkpoint, stateDirectory);
    [graph, tandem] = await Promise.all([
      startGraph(earlierModel, stateDirectory),
      earlier.startLocalTandem({
        model: earlierModel,
        edgePort: await freePort(),
        backendPort: await freePort(),
        stateDirectory,
        verbose: false,
        signal: unlimited,
        edgeVariables: { BACKEND_URL: backendUrl, BACKEND_TOKEN: TOKEN, ADMIN_TOKEN },
      }),
    ]);
  });

  afterAll(async () => {
    for (const part of [edge, tandem, graph?.tier]) await part?.stop();
    await earlier?.remove();
  });

  const edgeUrl = () => edge?.edgeUrl ?? tandem.edgeUrl;
  const client = new EdgeCaller(edgeUrl);

  /** What a client sees of the model: the search, drawn replies with log-probabilities, rules, a stream. */
  async function talk() {
    const messages = [{ role: 'user', content: 'Do you have any pets?' }];
    const ask = async (parameters: object) => {
      const { choices } = await client.call('/v1/chat/completions', { body: { messages, ...parameters } });
      return choices.map(({ message, logprobs }: { message: { content: string }; logprobs?: unknown }) => ({
        content: message.content,
        logprobs,
      }));
    };
    const { text } = await client.send('/v1/chat/completions', { body: { messages, stream: true } });
    const events = [...text.matchAll(/^data: (\{.*)$/gm)].map(([, event]) => JSON.parse(event!));
    return {
      found: await ask({}),
      drawn: await ask({ n: 3, temperature: 0.8, top_p: 0.9, seed: 7, logprobs: true, stop: ['!'] }),
      ruled: await ask({ bad_words: ['pets', 'a'], logit_bias: { 300: -5 }, repetition_penalty: 1.2 }),
      streamed: events.map(({ choices }) => choices?.[0]?.delta?.content ?? '').join(''),
    };
  }

  async function smokeTest() {
    const { code, stdout } = await runCli(['smoke-test', '--url', edgeUrl()]);
    expect({ code, stdout }).toMatchObject({ code: 0 });
  }

  let before: Awaited<ReturnType<typeof talk>>;
  let stored: Stored;
  const ofKey = () => ({ authorization: `Bearer ${stored.key.key}` });

  it.skipIf(isMissing)("talks through its edge to today's backend", async () => {
    before = await talk();
    expect(before.found[0].content).toMatch(/\p{L}/u);
    expect(before.drawn).toHaveLength(3);
    expect(before.streamed).toBe(before.found[0].content);
    await smokeTest();
  });

  it.skipIf(isMissing)('stores a key, an integration and a session', async () => {
    stored = await storeSomething(client);
    expect(stored.reply.content).toMatch(/\p{L}/u);
  });

  it.skipIf(isMissing)(
    "gives its place to today's edge, which says the same through the earlier backend",
    async () => {
      await tandem.edge.stop();
      const backends = [
        { name: 'earlier', url: tandem.backendUrl },
        { name: 'graph', url: graph.url, weight: 0.001 },
      ];
      edge = await startLocalEdge(
        {
          model,
          edgePort: await freePort(),
          stateDirectory,
          verbose: false,
          signal: unlimited,
          edgeVariables: { ADMIN_TOKEN, BACKENDS: JSON.stringify(backends) },
        },
        { url: tandem.backendUrl, token: TOKEN },
      );
      expect(await talk()).toEqual(before);
      await smokeTest();
    },
  );

  it.skipIf(isMissing)('leaves sessions that go on, and answers that are not given twice', async () => {
    const { session, reply } = stored;
    const path = `/v1/sessions/${session.id}`;
    const read = { method: 'GET', headers: ofKey() };
    expect(await client.call(path, read)).toMatchObject({ metadata: { user: '7' } });
    const again = await client.send(`${path}/messages`, {
      ...SAID,
      headers: { ...SAID.headers, ...ofKey() },
    });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(JSON.parse(again.text)).toMatchObject({ id: reply.id, content: reply.content });
    await client.call(`${path}/messages`, { body: { content: 'Do you like music?' }, headers: ofKey() });
    const { data } = await client.call(`${path}/messages`, read);
    expect(data).toHaveLength(4);
    expect(data[1]).toMatchObject({ role: 'assistant', content: reply.content });
  });

  it.skipIf(isMissing)('leaves keys and integrations that work, and can be changed', async () => {
    const { key, integration } = stored;
    const change = { method: 'PATCH', body: { name: 'renamed' } };
    expect(await client.asAdmin(`/admin/v1/keys/${key.id}`, change)).toMatchObject({ name: 'renamed' });
    const changed = await client.asAdmin(`/admin/v1/integrations/${integration.id}`, change);
    expect(changed).toMatchObject({ channel: 'slack', name: 'renamed' });
    // Only who opens what was sealed then knows the signature.
    const event = { type: 'url_verification', challenge: 'sealed' };
    const time = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac('sha256', SIGNING_SECRET)
      .update(`v0:${time}:${JSON.stringify(event)}`)
      .digest('hex');
    const answer = await client.send(new URL(integration.webhook_url).pathname, {
      body: event,
      headers: { 'x-slack-request-timestamp': time, 'x-slack-signature': `v0=${signature}` },
    });
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('sealed') });
  });

  it.skipIf(isMissing)(
    "has a graph that today's edge asks in the graph's own form, whatever serves it",
    async () => {
      await tandem.backend.stop();
      expect(await talk()).toEqual(before);
    },
  );
});
