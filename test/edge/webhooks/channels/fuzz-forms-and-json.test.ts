import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedPayload } from '../../../../edge/webhooks/channels/channel.ts';
import { type AnyChannel, CHANNELS } from '../../../../edge/webhooks/channels/registry.ts';
import { hex, received } from '../sign.ts';

const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, true, 0, -1, 1e308, '', ' ', [], {}, '__proto__', 'constructor'),
);

interface Sample {
  settings: object;
  /** A request that is right, by its headers and body. */
  headers: Record<string, string>;
  body: string;
}

const whsec = `whsec_${btoa('a secret of these tests!')}`;
const meta = { accessToken: ['t'], appSecret: ['s'], verifyToken: ['v'] };
const SAMPLES: Record<string, Sample> = {
  whatsapp: {
    settings: { ...meta, phoneNumberId: '12345' },
    headers: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
    body: '{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"12345"},"messages":[{"from":"1","id":"w","timestamp":"1","type":"text","text":{"body":"x"}}]}}]}]}',
  },
  messenger: {
    settings: meta,
    headers: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
    body: '{"object":"page","entry":[{"id":"1","messaging":[{"sender":{"id":"2"},"recipient":{"id":"1"},"timestamp":1,"message":{"mid":"m","text":"x"}}]}]}',
  },
  twilio: {
    settings: { accountSid: `AC${'0'.repeat(32)}`, authToken: ['t'] },
    headers: { 'x-twilio-signature': btoa('x'.repeat(20)) },
    body: 'MessageSid=SM1&From=%2B1&To=%2B2&Body=x',
  },
  teams: {
    settings: { securityToken: [btoa('a token of these tests')] },
    headers: { authorization: `HMAC ${btoa('x'.repeat(32))}` },
    body: '{"type":"message","id":"1","timestamp":"2026-11-23T10:00:00Z","from":{"id":"2"},"conversation":{"id":"3"},"text":"<at>x</at> y"}',
  },
  generic: {
    settings: { signingSecret: [whsec] },
    headers: {
      'webhook-id': 'm',
      'webhook-timestamp': '1000',
      'webhook-signature': `v1,${btoa('x'.repeat(32))}`,
    },
    body: '{"text":"x","conversation":"c","person":"p"}',
  },
};

/** The same request with the signature that is right. */
async function genuine(name: string, { headers, body }: Sample): Promise<Record<string, string>> {
  const [header, prefix, signature] = await (
    {
      whatsapp: async () => ['x-hub-signature-256', 'sha256=', hex(await hmac('SHA-256', 's', body))],
      messenger: async () => ['x-hub-signature-256', 'sha256=', hex(await hmac('SHA-256', 's', body))],
      twilio: async () => {
        const text = `${ADDRESS}BodyxFrom+1MessageSidSM1To+2`;
        return ['x-twilio-signature', '', base64(await hmac('SHA-1', 't', text))];
      },
      teams: async () => {
        return ['authorization', 'HMAC ', base64(await hmac('SHA-256', 'a token of these tests', body))];
      },
      generic: async () => {
        const text = `m.1000.${body}`;
        return ['webhook-signature', 'v1,', base64(await hmac('SHA-256', 'a secret of these tests!', text))];
      },
    } as Record<string, () => Promise<[string, string, string]>>
  )[name]!();
  return { ...headers, [header]: prefix + signature };
}

const ADDRESS = 'https://edge.example/webhooks/int_1';

async function hmac(hash: string, secret: string, text: string): Promise<ArrayBuffer> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign']);
  return crypto.subtle.sign('HMAC', key, encoder.encode(text));
}

const base64 = (bytes: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(bytes)));

/** A body with something else in it somewhere, or of any kind. */
function bodies({ body }: Sample): fc.Arbitrary<string | Uint8Array> {
  const isJson = body.startsWith('{');
  const strange = isJson
    ? anything.map((value) => JSON.stringify(value))
    : fc.string({ unit: 'binary' }).map((text) => encodeURIComponent(text.toWellFormed()));
  // In the place of a name's value, or of any character.
  const values = [...body.matchAll(isJson ? /(?<=:)("[^"]*"|\d+|[[{].*?[\]}])/g : /(?<==)[^&]*/g)];
  const changed = fc.tuple(fc.nat(values.length - 1), strange).map(([at, text]) => {
    const { index, 0: value } = values[at]!;
    return body.slice(0, index) + text + body.slice(index + value.length);
  });
  const broken = fc
    .tuple(fc.nat(body.length - 1), fc.constantFrom('', '"', '}', ',', '%', '&', '\\ud800', '[[['))
    .map(([at, text]) => body.slice(0, at) + text + body.slice(at + 1));
  return fc.oneof(
    { weight: 4, arbitrary: changed },
    { weight: 2, arbitrary: broken },
    { weight: 1, arbitrary: strange },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  );
}

const channelOf = (name: string) => CHANNELS.get(name) as AnyChannel;

describe.each(Object.entries(SAMPLES))('%s', (name, sample) => {
  const channel = channelOf(name);
  const settings = channel.settings.parse(sample.settings);

  it('reads the request that the others are made of', () => {
    const { kind } = channel.parse(received(sample.body, { headers: sample.headers }), settings);
    expect(['messages', 'exchange']).toContain(kind);
  });

  it('reads whatever comes, or refuses it as malformed', () => {
    const seen = { read: 0, refused: 0 };
    fc.assert(
      fc.property(bodies(sample), (body) => {
        try {
          const parsed = channel.parse(received(body, { headers: sample.headers }), settings);
          seen.read += 1;
          if (parsed.kind === 'answer') throw new Error('Nobody asked for a challenge.');
          const messages = parsed.kind === 'exchange' ? [parsed.message] : [];
          if (parsed.kind === 'messages') messages.push(...parsed.messages);
          for (const message of messages) {
            // It is kept as JSON.
            expect(JSON.parse(JSON.stringify(message))).toEqual(message);
            expect([message.id, message.conversation, message.person].every(Boolean)).toBe(true);
            expect(typeof message.text).toBe('string');
            expect(Number.isFinite(message.sequence)).toBe(true);
          }
        } catch (error) {
          if (!(error instanceof MalformedPayload)) throw error;
          seen.refused += 1;
        }
      }),
      { numRuns: 2_000 },
    );
    expect(seen.read).toBeGreaterThan(20);
    expect(seen.refused).toBeGreaterThan(20);
  });

  it('believes no signature that is made up, and fails at none', async () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc.constantFrom('', 'sha256=', 'HMAC ', 'v1,', 'v1,=', '====', '1000', '9'.repeat(40)),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => btoa(String.fromCharCode(...bytes))),
    );
    const headers = fc.record(
      Object.fromEntries(Object.keys(sample.headers).map((header) => [header, value])),
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(headers, bodies(sample), async (made, body) => {
        const sent = Object.entries(made).filter(([header, text]) => isHeader(header, text as string));
        const request = received(body, { headers: Object.fromEntries(sent) as Record<string, string> });
        expect(await channel.verify(request, settings, 1_000)).toBe(false);
        const challenge = { ...request, method: 'GET' as const };
        expect(await channel.verify(challenge, settings, 1_000)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('believes the right signature, and none with a bit of it turned', async () => {
    const right = await genuine(name, sample);
    const verify = (headers: Record<string, string>) =>
      channel.verify(received(sample.body, { headers, url: ADDRESS }), settings, 1_000);
    expect(await verify(right)).toBe(true);
    for (const header of Object.keys(right).filter((each) => /signature|authorization/.test(each))) {
      const value = right[header]!;
      // The scheme's name may be in capitals or not.
      for (let at = value.indexOf(' ') + 1; at < value.length; at++) {
        const turned = String.fromCharCode(value.charCodeAt(at) ^ 1);
        const headers = { ...right, [header]: value.slice(0, at) + turned + value.slice(at + 1) };
        expect(await verify(headers), headers[header]).toBe(false);
      }
    }
  });
});

function isHeader(name: string, value: string): boolean {
  try {
    return new Headers([[name, value]]).has(name);
  } catch {
    return false;
  }
}
