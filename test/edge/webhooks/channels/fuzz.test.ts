import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedPayload } from '../../../../edge/webhooks/channels/channel.ts';
import { discord } from '../../../../edge/webhooks/channels/discord/channel.ts';
import type { AnyChannel } from '../../../../edge/webhooks/channels/registry.ts';
import { slack } from '../../../../edge/webhooks/channels/slack/channel.ts';
import { telegram } from '../../../../edge/webhooks/channels/telegram/channel.ts';
import { directMessage } from '../inbound-app.ts';
import { received } from '../sign.ts';

/** Each channel with settings, and with what it sends. */
const SUBJECTS: { channel: AnyChannel; settings: object; payload: object }[] = [
  {
    channel: slack,
    settings: { signingSecret: ['s'], botToken: ['b'] },
    payload: directMessage('hello', { at: 1 }),
  },
  {
    channel: discord,
    settings: { applicationId: '1'.repeat(18), publicKey: 'a'.repeat(64), botToken: ['b'] },
    payload: {
      ...{ id: '1175928847299117063', application_id: '1', type: 2, token: 'T', channel_id: '2' },
      member: { user: { id: '3' } },
      data: { options: [{ name: 'message', value: 'hi' }] },
    },
  },
  {
    channel: telegram,
    settings: { botToken: ['1:a'], secretToken: ['s'.repeat(16)], botUsername: 'bot' },
    payload: {
      update_id: 1,
      message: {
        message_id: 1,
        date: 1_700_000_000,
        from: { id: 1, is_bot: false },
        chat: { id: 1, type: 'private' },
        text: 'hi',
      },
    },
  },
];

/** A payload with some of its values replaced or gone, at any depth. */
function nearly(payload: unknown): fc.Arbitrary<unknown> {
  if (typeof payload !== 'object' || payload === null) {
    return fc.oneof(
      { arbitrary: fc.constant(payload), weight: 12 },
      { arbitrary: fc.jsonValue(), weight: 1 },
      { arbitrary: fc.constant(undefined), weight: 1 },
      { arbitrary: fc.string({ unit: 'binary' }), weight: 1 },
    );
  }
  if (Array.isArray(payload)) return fc.tuple(...payload.map(nearly));
  return fc.record(Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, nearly(value)])));
}

const headers = fc.record({
  'content-type': fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain'),
  'x-slack-request-timestamp': fc.constantFrom('1700000000', '-1', 'x'),
});

describe.each(SUBJECTS)('$channel.name', ({ channel, settings: given, payload }) => {
  const settings = channel.settings.parse(given);

  it('takes what it sends', () => {
    expect(channel.parse(received(JSON.stringify(payload)), settings).kind).toBe('messages');
  });

  it('takes or refuses whatever comes, and what it takes can be kept and answered', () => {
    const body = fc.oneof(
      { arbitrary: nearly(payload).map((value) => JSON.stringify(value) ?? ''), weight: 8 },
      { arbitrary: fc.json(), weight: 1 },
      { arbitrary: fc.uint8Array().map((bytes) => new Uint8Array(bytes)), weight: 1 },
      { arbitrary: fc.webQueryParameters(), weight: 1 },
    );
    fc.assert(
      fc.property(body, headers, fc.string({ unit: 'binary', maxLength: 9_000 }), (sent, given, text) => {
        let messages: ReturnType<typeof keep>[];
        try {
          const parsed = channel.parse(received(sent, { headers: given }), settings);
          messages = parsed.kind === 'messages' ? parsed.messages.map(keep) : [];
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedPayload);
          return;
        }
        for (const message of messages) {
          expect(message.id).not.toBe('');
          expect(typeof message.sequence).toBe('number');
          for (const call of channel.replies(text, message, settings)) {
            expect(call.url).toMatch(/^https:\/\//);
            expect(() => new URL(call.url)).not.toThrow();
            JSON.parse(call.body!);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('is never convinced by what it did not sign', async () => {
    const names = [
      'x-slack-signature',
      'x-slack-request-timestamp',
      'x-signature-ed25519',
      'x-signature-timestamp',
      'x-telegram-bot-api-secret-token',
    ];
    const value = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 128, maxLength: 128 }),
      fc
        .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })
        .map((hex) => `v0=${hex}`),
      fc.constant('1700000000'),
    );
    const all = fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(all, fc.string(), async (given, body) => {
        const request = received(body, { headers: given as Record<string, string> });
        expect(await channel.verify(request, settings, 1_700_000_000)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

/** As the inbox keeps it: in JSON. */
function keep(message: object) {
  return JSON.parse(JSON.stringify({ ...message, deliveryId: crypto.randomUUID() }));
}
