import { verifyKey } from 'discord-interactions';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ReceivedRequest } from '../../../../edge/webhooks/channels/channel.ts';
import { discord } from '../../../../edge/webhooks/channels/discord/channel.ts';
import { hex, received } from '../sign.ts';
import { answered } from './sent.ts';

const NOW = 1_700_000_000;
let keys: CryptoKeyPair;
let publicKey: string;
const settings = () =>
  discord.settings.parse({ applicationId: '123456789012345678', publicKey, botToken: ['token'] });

beforeAll(async () => {
  keys = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  publicKey = hex((await crypto.subtle.exportKey('raw', keys.publicKey)) as ArrayBuffer);
});

async function signed(
  body: string,
  change: { time?: string; signature?: string } = {},
): Promise<ReceivedRequest> {
  const time = change.time ?? String(NOW);
  const bytes = new TextEncoder().encode(time + body);
  const signature = change.signature ?? hex(await crypto.subtle.sign('Ed25519', keys.privateKey, bytes));
  return received(body, { headers: { 'x-signature-timestamp': time, 'x-signature-ed25519': signature } });
}

const verify = (request: ReceivedRequest) => discord.verify(request, settings(), NOW);
/** discord-interactions' opinion. */
const theirs = ({ body, headers }: ReceivedRequest) =>
  verifyKey(
    body,
    headers.get('x-signature-ed25519') ?? '',
    headers.get('x-signature-timestamp') ?? '',
    publicKey,
  );

describe('verify', () => {
  it('accepts what Discord’s own library accepts, and refuses what it refuses', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('right', 'body', 'time', 'signature', 'short', 'no hex'),
        fc.nat(127),
        async (text, fault, index) => {
          const body = text.toWellFormed();
          const request = await signed(body);
          const right = request.headers.get('x-signature-ed25519')!;
          const digit = right[index] === '0' ? '1' : '0';
          const wrong = right.slice(0, index) + digit + right.slice(index + 1);
          const sent = {
            right: request,
            body: { ...request, body: new TextEncoder().encode(`${body} `) },
            time: received(body, {
              headers: { 'x-signature-timestamp': String(NOW + 1), 'x-signature-ed25519': right },
            }),
            signature: await signed(body, { signature: wrong }),
            short: await signed(body, { signature: right.slice(2) }),
            'no hex': await signed(body, { signature: `zz${right.slice(2)}` }),
          }[fault];
          // Theirs reads what is no digit as 0, which may be right by chance.
          if (fault !== 'no hex') expect(await theirs(sent)).toBe(fault === 'right');
          expect(await verify(sent)).toBe(fault === 'right');
        },
      ),
      { numRuns: 200 },
    );
  });

  it('accepts the first vectors of Ed25519 itself, but for their times', async () => {
    // RFC 8032, 7.1, test 2: the message is one byte, which stands for the time; the body is empty.
    const request = received('', {
      headers: {
        'x-signature-timestamp': 'r',
        'x-signature-ed25519':
          '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
      },
    });
    const key = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
    expect(await theirs({ ...request, body: new Uint8Array() })).toBe(false);
    expect(await verifyKey('', request.headers.get('x-signature-ed25519')!, 'r', key)).toBe(true);
    // "r" is no time.
    expect(await discord.verify(request, { ...settings(), publicKey: key }, NOW)).toBe(false);
  });

  it('refuses what is not of now', async () => {
    expect(await verify(await signed('{}', { time: String(NOW - 301) }))).toBe(false);
    expect(await verify(await signed('{}', { time: String(NOW - 299) }))).toBe(true);
    expect(await verify(await signed('{}', { time: 'now' }))).toBe(false);
  });

  it('refuses everything where the key is none', async () => {
    const request = await signed('{}');
    expect(await discord.verify(request, { ...settings(), publicKey: 'f'.repeat(64) }, NOW)).toBe(false);
    expect(await discord.verify(received('{}'), settings(), NOW)).toBe(false);
  });
});

const interaction = {
  id: '1175928847299117063',
  application_id: '123456789012345678',
  type: 2,
  token: 'aW50ZXJhY3Rpb24',
  channel_id: '223456789012345678',
  member: { user: { id: '323456789012345678' } },
  data: { name: 'tandem', options: [{ name: 'message', type: 3, value: 'hello *you*' }] },
};
const parse = (payload: unknown) => discord.parse(received(JSON.stringify(payload)), settings());

describe('parse', () => {
  it('answers a ping, and an autocomplete by nothing', async () => {
    for (const [type, answer] of [
      [1, { type: 1 }],
      [4, { type: 8, data: { choices: [] } }],
    ] as const) {
      const parsed = parse({ type });
      expect(parsed.kind).toBe('answer');
      expect(await (parsed as { response: Response }).response.json()).toEqual(answer);
    }
  });

  it('defers the answer to a command', async () => {
    const parsed = parse(interaction);
    expect(parsed).toMatchObject({
      messages: [
        {
          id: interaction.id,
          conversation: interaction.channel_id,
          place: interaction.channel_id,
          person: '323456789012345678',
          text: 'hello *you*',
          answerableMs: 14 * 60_000,
          replyTo: { applicationId: interaction.application_id, token: interaction.token },
        },
      ],
    });
    expect(await (parsed as { response: Response }).response.json()).toEqual({ type: 5 });
  });

  it('orders interactions as their ids do', () => {
    fc.assert(
      fc.property(fc.bigInt(1n << 22n, (1n << 62n) - 1n), fc.bigInt(0n, 1n << 40n), (id, more) => {
        const sequence = (of: bigint) =>
          (parse({ ...interaction, id: String(of) }) as { messages: { sequence: number }[] }).messages[0]!
            .sequence;
        // What is between the milliseconds and the count says which machine made the id.
        const later = id + (more << 22n);
        expect(sequence(later)).toBeGreaterThanOrEqual(sequence(id));
      }),
    );
  });

  it.each([
    ['a bot', { ...interaction, member: { user: { id: '1', bot: true } } }],
    ['nobody', { ...interaction, member: undefined }],
    ['a button', { ...interaction, type: 3 }],
    ['an interaction of tomorrow', { type: 99 }],
  ])('ignores %s', (_, payload) => {
    expect(parse(payload).kind).toBe('ignored');
  });

  it('takes a person’s own messages for a person’s', () => {
    const { member: _, ...direct } = interaction;
    expect(parse({ ...direct, user: { id: '5' } })).toMatchObject({ messages: [{ person: '5' }] });
  });

  it.each([['../@me'], ['..'], ['a/b'], ['']])(
    'refuses the token %j, which would be another address',
    (token) => {
      expect(() => parse({ ...interaction, token })).toThrow(/payload/);
    },
  );
});

describe('a reply', () => {
  const kept = (asked = 'hello') => ({
    ...{ id: '1', conversation: 'c', place: 'c', person: 'p', text: asked, sequence: 1 },
    ...{ deliveryId: crypto.randomUUID(), replyTo: { applicationId: '1', token: 'T', asked } },
  });

  it('takes the place of what says that the bot thinks, and goes on behind it', () => {
    const calls = discord.replies('word '.repeat(600), kept(), settings());
    expect(calls.map(({ method, url }) => [method, url])).toEqual([
      ['PATCH', 'https://discord.com/api/v10/webhooks/1/T/messages/@original'],
      ['POST', 'https://discord.com/api/v10/webhooks/1/T'],
    ]);
    const [first, second] = calls.map(({ body }) => JSON.parse(body!));
    expect(first.content).toMatch(/^> hello\nword /);
    expect(second.content).toMatch(/^word /);
    for (const { content, allowed_mentions } of [first, second]) {
      expect(content.length).toBeLessThanOrEqual(2_000);
      expect(allowed_mentions).toEqual({ parse: [] });
    }
    expect(JSON.stringify(calls)).not.toContain('"token"');
  });

  it.each([
    ['*you* _and_ ~me~ `x` |y|', '\\*you\\* \\_and\\_ \\~me\\~ \\`x\\` \\|y\\|'],
    ['# title\n- item\n> quote\n1. one', '\\# title\n\\- item\n\\> quote\n1\\. one'],
    ['[a](https://x.example/a_b) <@1>', '\\[a\\](https://x.example/a_b) \\<@1>'],
    ['5 - 3, C# and 1.5', '5 - 3, C# and 1.5'],
  ])('%j is shown as it is', (text, content) => {
    const [call] = discord.replies(text, kept(''), settings());
    expect(JSON.parse(call!.body!).content).toBe(content);
  });

  it.each([
    [200, '{}', null, null, 'delivered'],
    [404, '{"message":"Unknown Webhook","code":10015}', null, null, 'again'],
    [404, '{"message":"Unknown Message","code":10008}', null, null, 'refused'],
    [429, '{"retry_after":1.25,"global":false}', 2, 1.25, 'again'],
    [429, 'slow down', 2, 2, 'again'],
    [401, '{"code":50027}', null, null, 'refused'],
  ])('that is answered by %i %s', (status, body, retryAfter, afterSeconds, outcome) => {
    expect(discord.readAnswer!(answered(status, body, retryAfter))).toMatchObject(
      outcome === 'again' ? { outcome, afterSeconds } : { outcome },
    );
  });

  it('comes by a command that is registered, beside others', () => {
    const [call] = discord.register!('https://edge.example', settings());
    expect(call).toMatchObject({
      method: 'POST',
      url: 'https://discord.com/api/v10/applications/123456789012345678/commands',
      headers: { authorization: 'Bot token' },
    });
    expect(JSON.parse(call!.body!)).toMatchObject({
      name: 'tandem',
      options: [{ name: 'message', type: 3 }],
    });
  });
});
