import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servableModel } from '../../../infra/local/compiled-model.ts';
import { type LocalTandem, startLocalTandem } from '../../../infra/local/tandem.ts';
import { EMBEDDED_CHECKPOINT } from '../../../infra/paths.ts';
import { runCli } from '../../infra/cli.ts';
import { freePort } from '../free-port.ts';

/** Integrations as their owner sets them up, by the command line, and as channels use them: both tiers, with real queues. */
let directory: string;
let tandem: LocalTandem;
let channel: Server;
let channelUrl: string;

interface Call {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** What the channel was asked, and how it answers the next replies in the place of ok. */
const calls: Call[] = [];
const faults: { status: number; headers?: Record<string, string>; body?: string }[] = [];

async function startChannel(): Promise<string> {
  channel = createServer(async (request, response) => {
    const body = await text(request);
    calls.push({ method: request.method!, path: request.url!, headers: request.headers, body });
    const fault = /"body"|"in_reply_to"|Body=/.test(body) ? faults.shift() : undefined;
    response.writeHead(fault?.status ?? 200, { 'content-type': 'application/json', ...fault?.headers });
    response.end(fault?.body ?? '{"ok":true,"result":true}');
  });
  const port = await freePort();
  await new Promise<void>((resolve) => channel.listen(port, '127.0.0.1', resolve));
  return `http://127.0.0.1:${port}`;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tandem-integrations-'));
  channelUrl = await startChannel();
  tandem = await startLocalTandem({
    model: await servableModel(EMBEDDED_CHECKPOINT, {
      modelsDirectory: join(directory, 'models'),
      hubCache: join(directory, 'hub'),
      log: () => {},
    }),
    edgePort: await freePort(),
    backendPort: await freePort(),
    stateDirectory: directory,
    verbose: false,
    signal: new AbortController().signal,
  });
});

afterAll(async () => {
  await tandem?.stop();
  channel?.close();
  await rm(directory, { recursive: true, force: true });
});

const integrations = (args: string[], environment: Record<string, string> = {}, input?: string) =>
  runCli(['integrations', ...args], {
    environment: {
      ...{ TANDEM_HOME: directory, EDGE_PORT: new URL(tandem.edgeUrl).port, ADMIN_TOKEN: '' },
      ...environment,
    },
    ...(input !== undefined && { input }),
  });

interface Added {
  id: string;
  webhook_url: string;
  generated_secrets: Record<string, string>;
}

async function add(args: string[], environment: Record<string, string> = {}): Promise<Added> {
  const { code, stdout, stderr } = await integrations(['add', ...args, '--json'], environment);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

/** What the channel was sent, once it was. */
async function sent(isRight: (call: Call) => boolean, count = 1): Promise<Call[]> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = calls.filter(isRight);
    if (found.length >= count) return found;
    if (Date.now() > deadline) throw new Error(`The channel was asked ${JSON.stringify(calls)}.`);
    await pause(50);
  }
}

const post = (url: string, body: string, headers: Record<string, string>) =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

function signed(secret: string, body: string, id: string, library = StandardWebhook) {
  const at = new Date();
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new library(secret).sign(id, at, body),
  };
}

const say = (conversation: string, said = 'hello, do you have pets?') =>
  JSON.stringify({ text: said, conversation, person: 'ada' });

describe('tandem integrations', () => {
  it('keeps a Telegram bot’s token, tries it, and tells Telegram the address', async () => {
    const token = join(directory, 'telegram.token');
    await writeFile(token, '123456:the-bot-token\n');
    const { code, stdout } = await integrations([
      ...['add', 'telegram', '--name', 'pets', '--secret-file', `bot_token=${token}`],
      ...['--set', 'bot_username=pets_bot', '--set', `api_url=${channelUrl}`],
      ...['--public-url', 'https://edge.example/'],
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^int_\w+: telegram "pets", requests 10000\/day, session-requests 300\/hour\n/);
    expect(stdout).toMatch(/\nIts address: https:\/\/edge\.example\/webhooks\/int_\w+\n/);
    expect(stdout).toContain('The connection works: telegram takes the secrets.');
    expect(stdout).not.toContain('the-bot-token');
    const [set] = await sent(({ path }) => path === '/bot123456:the-bot-token/setWebhook');
    expect(JSON.parse(set!.body)).toMatchObject({
      url: /Its address: (\S+)/.exec(stdout)![1],
      secret_token: /Its secret_token, which is not shown again: (\S+)/.exec(stdout)![1],
    });
  });

  it('takes secrets from variables, and says what is left to do', async () => {
    const secrets = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'shhh' };
    const { stdout } = await integrations(['add', 'slack', '--set', `api_url=${channelUrl}/slack`], secrets);
    expect(stdout).toContain('The connection works');
    expect(stdout).toContain('Only this machine reaches that address');
    expect(stdout).toMatch(/1\. At api\.slack\.com\/apps/);
  });

  it('keeps an integration whose channel cannot be reached, says how to go on, and ends with 3', async () => {
    const secrets = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'shhh' };
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const { code, stdout } = await integrations(['add', 'slack', '--set', `api_url=${nobody}`], secrets);
    expect(code).toBe(3);
    expect(stdout).toContain('The connection to slack does not work: no connection, or it broke.');
    const id = /int_\w+/.exec(stdout)![0];
    expect(stdout).toContain(`"tandem integrations rotate ${id}" takes another secret`);
    expect((await integrations(['test', id])).code).toBe(1);
  });

  it.each<[string[], RegExp, number?]>([
    [['add', 'pigeon'], /there is no channel "pigeon": the edge has slack/],
    [['add', 'slack'], /signing_secret .* is needed: .*SLACK_SIGNING_SECRET/, 2],
    [['add', 'slack', '--set', 'colour=red'], /--set colour: slack has api_url/, 2],
    [['add', 'slack', '--set', 'colour'], /It is like name=value/, 2],
    [['add', 'slack', '--public-url', 'http://x.example'], /channels call https:/, 2],
    [['add', 'generic', '--set', 'text_pointer=text'], /settings\.text_pointer: must be a JSON Pointer/],
    [['show', 'int_0123456789ab'], /There is no such integration/],
    [['update', 'int_0123456789ab'], /say what to change/, 2],
    [['remove', '../keys'], /There is no such integration/],
  ])('%j says what is wrong', async (args, message, exitCode = 1) => {
    const { code, stdout, stderr } = await integrations(args);
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('lists, shows, changes and removes', async () => {
    const { id, webhook_url } = await add(['generic', '--name', 'life']);
    expect((await integrations(['update', id, '--place', 'c1', '--state', 'off'])).stdout).toBe(
      `${id}: generic "life", only in c1, requests 10000/day, session-requests 300/hour, switched off\n`,
    );
    await integrations(['update', id, '--everywhere', '--state', 'on', '--set', 'text_pointer=/t']);
    const { stdout } = await integrations(['show', id]);
    expect(stdout).toContain(`Its address: ${webhook_url}`);
    expect(stdout).toMatch(/^text_pointer: \/t$/m);
    expect((await integrations(['list'])).stdout).toMatch(
      new RegExp(`^${id} +generic +life +\\S+ +on `, 'm'),
    );
    expect((await integrations(['remove', id])).stdout).toMatch(/removed \d{4}/);
    expect((await post(webhook_url, say('c1'), {})).status).toBe(401);
  });
});

describe('another system', () => {
  it('gets the model’s reply in the answer, the same for the same message', async () => {
    const { webhook_url, generated_secrets } = await add(['generic', '--persona', 'I am a gardener.']);
    const { signing_secret: secret } = generated_secrets;
    const body = say('room 1');
    const first = await post(webhook_url, body, signed(secret!, body, 'msg_1'));
    expect(first.status).toBe(200);
    const reply = (await first.json()) as { text: string };
    expect(reply).toEqual({
      text: expect.stringMatching(/\p{L}/u),
      conversation: 'room 1',
      person: 'ada',
      in_reply_to: 'msg_1',
    });
    const again = await post(webhook_url, body, signed(secret!, body, 'msg_1', SvixWebhook as never));
    expect(await again.json()).toEqual(reply);
    const persona = say('room 1', '/persona');
    const answer = await post(webhook_url, persona, signed(secret!, persona, 'msg_2'));
    expect(((await answer.json()) as { text: string }).text).toContain('I am a gardener.');
  });

  it('is refused without its signature, and taken with the old secret and the new while they rotate', async () => {
    const { id, webhook_url, generated_secrets } = await add(['generic']);
    const old = generated_secrets['signing_secret']!;
    const status = async (secret: string, n: string) => {
      const body = say('room 2', '/help');
      return (await post(webhook_url, body, signed(secret, body, n))).status;
    };
    expect(await status(`whsec_${btoa('a secret of somebody else')}`, 'a')).toBe(401);
    const rotated = await integrations([
      'rotate',
      id,
      '--generate',
      'signing_secret',
      '--keep-old',
      '1h',
      '--json',
    ]);
    const fresh = JSON.parse(rotated.stdout).generated_secrets.signing_secret;
    expect([await status(old, 'b'), await status(fresh, 'c')]).toEqual([200, 200]);
    const given = `whsec_${btoa('a secret that was given!')}`;
    await integrations(
      ['rotate', id, '--secret-file', 'signing_secret=-', '--keep-old', '0s'],
      {},
      `${given}\n`,
    );
    expect(await status(given, 'd')).toBe(200);
  });

  it('is sent the reply, signed, until it takes it, with one id', async () => {
    const { webhook_url, generated_secrets } = await add([
      ...['generic', '--set', `reply_url=${channelUrl}/replies`],
    ]);
    const secret = generated_secrets['signing_secret']!;
    faults.push({ status: 503 }, { status: 429, headers: { 'retry-after': '1' } });
    const body = say('room 3');
    expect((await post(webhook_url, body, signed(secret, body, 'msg_3'))).status).toBe(202);
    const attempts = await sent(({ path }) => path === '/replies', 3);
    const ids = attempts.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
    const { headers, body: reply } = attempts[2]!;
    const library = new StandardWebhook(secret);
    expect(library.verify(reply, headers as Record<string, string>)).toMatchObject({
      conversation: 'room 3',
      in_reply_to: 'msg_3',
    });
  });
});

/** As Meta signs its notifications. */
const notify = (url: string, payload: object) => {
  const body = JSON.stringify(payload);
  const signature = createHmac('sha256', 'app-secret').update(body).digest('hex');
  return post(url, body, { 'x-hub-signature-256': `sha256=${signature}` });
};

async function challenged(url: string, token: string | undefined): Promise<[number, string]> {
  const response = await fetch(`${url}?hub.mode=subscribe&hub.challenge=42&hub.verify_token=${token}`);
  return [response.status, await response.text()];
}

describe('WhatsApp', () => {
  it('is told of by a challenge, and each message is answered once, whatever Meta sends again', async () => {
    const { webhook_url, generated_secrets } = await add(
      ['whatsapp', '--set', 'phone_number_id=12345', '--set', `api_url=${channelUrl}/graph`],
      { WHATSAPP_ACCESS_TOKEN: 'EAAG', WHATSAPP_APP_SECRET: 'app-secret' },
    );
    expect(await challenged(webhook_url, generated_secrets['verify_token'])).toEqual([200, '42']);
    expect((await challenged(webhook_url, 'x'))[0]).toBe(401);

    const now = Math.floor(Date.now() / 1_000);
    const said = (id: string, at: number) => {
      const message = { from: '491', id, timestamp: String(at), type: 'text', text: { body: 'hi' } };
      const value = { metadata: { phone_number_id: '12345' }, messages: [message] };
      const entry = [{ id: '1', changes: [{ field: 'messages', value }] }];
      return { object: 'whatsapp_business_account', entry };
    };
    faults.push({ status: 400, body: '{"error":{"code":130429}}' });
    for (let times = 0; times < 3; times++)
      expect((await notify(webhook_url, said('wamid.1', now))).status).toBe(200);
    const isReply = ({ path, body }: Call) => path === '/graph/12345/messages' && body.includes('"body"');
    // The first was refused for the rate limit.
    const [, delivered] = await sent(isReply, 2);
    expect(JSON.parse(delivered!.body)).toMatchObject({ to: '491', type: 'text' });
    // Behind it nothing waits but what is said now.
    await notify(webhook_url, said('wamid.2', now + 1));
    expect(await sent(isReply, 3)).toHaveLength(3);
  });
});

describe('Messenger', () => {
  it('has its page subscribed and a challenge answered, and is answered once, and never itself', async () => {
    const { webhook_url, generated_secrets } = await add(
      ['messenger', '--set', `api_url=${channelUrl}/page`, '--public-url', 'https://edge.example'],
      { MESSENGER_ACCESS_TOKEN: 'EAAP', MESSENGER_APP_SECRET: 'app-secret' },
    );
    const [subscribed] = await sent(({ path }) => path.startsWith('/page/me/subscribed_apps?'));
    expect(subscribed).toMatchObject({ method: 'POST', headers: { authorization: 'Bearer EAAP' } });
    const url = webhook_url.replace('https://edge.example', tandem.edgeUrl);
    expect(await challenged(url, generated_secrets['verify_token'])).toEqual([200, '42']);

    const event = (message: object) => {
      const messaging = [
        { sender: { id: '6789' }, recipient: { id: '1234' }, timestamp: Date.now(), message },
      ];
      return { object: 'page', entry: [{ id: '1234', time: 1, messaging }] };
    };
    for (let times = 0; times < 2; times++)
      expect((await notify(url, event({ mid: 'm_1', text: 'hello' }))).status).toBe(200);
    const isReply = ({ path, body }: Call) => path === '/page/me/messages' && body.includes('"message"');
    const [reply] = await sent(isReply);
    const { recipient, message } = JSON.parse(reply!.body);
    expect([recipient, message.text]).toEqual([{ id: '6789' }, expect.stringMatching(/\p{L}/u)]);
    expect(calls.some(({ path, body }) => path === '/page/me/messages' && body.includes('typing_on'))).toBe(
      true,
    );
    // The page's own words come back to it.
    const echo = event({ mid: 'm_2', text: message.text, is_echo: true, app_id: 1 });
    expect((await notify(url, echo)).status).toBe(200);
    await notify(url, event({ mid: 'm_3', text: 'and now?' }));
    expect(await sent(isReply, 2)).toHaveLength(2);
  });
});

describe('Twilio', () => {
  const account = `AC${'0'.repeat(32)}`;
  const form = new URLSearchParams({ MessageSid: 'SM1', From: '+491', To: '+492', Body: 'hello' });
  const headersFor = (url: string) => ({
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': createHmac('sha1', 'twilio-token')
      .update(`${url}BodyhelloFrom+491MessageSidSM1To+492`)
      .digest('base64'),
  });
  const secrets = { TWILIO_AUTH_TOKEN: 'twilio-token' };
  const settings = ['--set', `account_sid=${account}`];

  it('is answered by its API', async () => {
    const { webhook_url } = await add(['twilio', ...settings, '--set', `api_url=${channelUrl}`], secrets);
    const response = await post(webhook_url, form.toString(), headersFor(webhook_url));
    expect(await response.text()).toContain('<Response></Response>');
    const [reply] = await sent(({ path }) => path.endsWith(`/Accounts/${account}/Messages.json`));
    const { From, To, Body } = Object.fromEntries(new URLSearchParams(reply!.body));
    expect({ From, To }).toEqual({ From: '+492', To: '+491' });
    expect(Body).toMatch(/\p{L}/u);
  });

  it('is answered in TwiML, signed for the address that Twilio knows', async () => {
    const known = 'https://public.example/sms';
    const { webhook_url } = await add(
      ['twilio', ...settings, '--set', 'reply=twiml', '--set', `webhook_url=${known}`, '--no-test'],
      secrets,
    );
    expect((await post(webhook_url, form.toString(), headersFor(webhook_url))).status).toBe(401);
    const response = await post(webhook_url, form.toString(), headersFor(known));
    expect(await response.text()).toMatch(/<Response><Message>[^<]*\p{L}[^<]*<\/Message><\/Response>$/u);
  });
});

describe('Teams', () => {
  it('tells its token once it has the address, and gets the reply in the answer', async () => {
    const { id, webhook_url } = await add(['teams']);
    const token = Buffer.from('the token that Teams shows').toString('base64');
    await integrations(['rotate', id, '--secret', 'security_token', '--keep-old', '0s'], {
      TEAMS_SECURITY_TOKEN: token,
    });
    const body = JSON.stringify({
      ...{ type: 'message', id: '1', timestamp: new Date().toISOString(), text: '<at>Tandem</at> hello' },
      ...{ from: { id: '29:1' }, conversation: { id: '19:x@thread.tacv2' } },
    });
    const hmac = createHmac('sha256', Buffer.from(token, 'base64')).update(body).digest('base64');
    const response = await post(webhook_url, body, { authorization: `HMAC ${hmac}` });
    expect(await response.json()).toEqual({
      type: 'message',
      textFormat: 'plain',
      text: expect.stringMatching(/\p{L}/u),
    });
    expect((await post(webhook_url, body, { authorization: `HMAC ${btoa('x'.repeat(32))}` })).status).toBe(
      401,
    );
  });
});
