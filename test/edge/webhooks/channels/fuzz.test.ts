import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedPayload } from '../../../../edge/webhooks/channels/channel.ts';
import { CHANNELS } from '../../../../edge/webhooks/channels/registry.ts';
import { received } from '../sign.ts';
import { nameOf, type Sample, SAMPLES, signedHeaders } from './samples.ts';
import { kept } from './sent.ts';

const URL_CALLED = 'https://edge.example/webhooks/int_1';
const NOW = 1_700_000_000;

const anything = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(null, true, 0, -1, 1e308, '', ' ', [], {}, '__proto__', 'constructor'),
);

/** A payload with some of its values replaced or gone, at any depth. */
function nearly(payload: unknown): fc.Arbitrary<unknown> {
  const other = [
    { arbitrary: anything, weight: 2 },
    { arbitrary: fc.constant(undefined), weight: 1 },
  ];
  if (typeof payload !== 'object' || payload === null)
    return fc.oneof({ arbitrary: fc.constant(payload), weight: 20 }, ...other);
  const whole = Array.isArray(payload)
    ? fc.tuple(...payload.map(nearly))
    : fc.record(Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, nearly(value)])));
  return fc.oneof({ arbitrary: whole, weight: 60 }, ...other);
}

function nearlyForm(body: string): fc.Arbitrary<string> {
  return nearly(Object.fromEntries(new URLSearchParams(body))).map((fields) => {
    const given = Object.entries(fields ?? {}).filter(([, value]) => value !== undefined);
    const texts = given.map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    return new URLSearchParams(texts.map((pair) => pair.map((text) => text.toWellFormed()))).toString();
  });
}

/** A body with something else in it somewhere, or of any kind. */
function bodies({ body }: Sample): fc.Arbitrary<string | Uint8Array> {
  const changed = body.startsWith('{')
    ? nearly(JSON.parse(body)).map((value) => JSON.stringify(value) ?? '')
    : nearlyForm(body);
  const broken = fc
    .tuple(fc.nat(body.length - 1), fc.constantFrom('', '"', '}', ',', '%', '&', '\\ud800', '[[['))
    .map(([at, text]) => body.slice(0, at) + text + body.slice(at + 1));
  return fc.oneof(
    { weight: 6, arbitrary: changed },
    { weight: 2, arbitrary: broken },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.webQueryParameters() },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => new Uint8Array(bytes)) },
  );
}

describe.each(SAMPLES.map((sample) => [nameOf(sample), sample] as const))('%s', (_, sample) => {
  const channel = CHANNELS.get(sample.channel)!;
  const settings = channel.settings.parse(sample.settings);
  const headers = { ...sample.headers, ...(sample.timeHeader && { [sample.timeHeader]: String(NOW) }) };

  it('reads the request that the others are made of', () => {
    const { kind } = channel.parse(received(sample.body, { headers }), settings);
    expect(['messages', 'exchange']).toContain(kind);
  });

  it('reads whatever comes or refuses it as malformed, and what it reads can be kept and answered', () => {
    const seen = { read: 0, refused: 0 };
    const reply = fc.string({ unit: 'binary', maxLength: 9_000 });
    fc.assert(
      fc.property(bodies(sample), reply, (body, text) => {
        try {
          const parsed = channel.parse(received(body, { headers }), settings);
          const messages = parsed.kind === 'exchange' ? [parsed.message] : [];
          if (parsed.kind === 'messages') messages.push(...parsed.messages);
          seen.read += messages.length;
          for (const message of messages) {
            // It is kept as JSON.
            expect(JSON.parse(JSON.stringify(message))).toEqual(message);
            expect([message.id, message.conversation, message.person].every(Boolean)).toBe(true);
            expect(typeof message.text).toBe('string');
            expect(Number.isFinite(message.sequence)).toBe(true);
            for (const call of channel.replies(text, kept(message), settings)) {
              expect(call.url).toMatch(/^https:\/\//);
              expect(() => new URL(call.url)).not.toThrow();
              if (call.headers['content-type']?.startsWith('application/json')) JSON.parse(call.body!);
            }
          }
        } catch (error) {
          if (!(error instanceof MalformedPayload)) throw error;
          seen.refused += 1;
        }
      }),
      { numRuns: 1_500 },
    );
    expect(seen.read).toBeGreaterThan(20);
    expect(seen.refused).toBeGreaterThan(20);
  });

  it('believes no signature that is made up, and fails at none', async () => {
    const hexadecimal = (length: number) =>
      fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
    const value = fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc.constantFrom('', 'sha256=', 'HMAC ', 'v1,', 'v1,=', '====', String(NOW), '9'.repeat(40)),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => btoa(String.fromCharCode(...bytes))),
      hexadecimal(64),
      hexadecimal(128),
    );
    const made = fc.record(
      Object.fromEntries(
        Object.keys({ ...headers, [sample.signatureHeader]: '' }).map((name) => [
          name,
          fc.oneof(
            value,
            value.map((text) => sample.prefix + text),
          ),
        ]),
      ),
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(made, bodies(sample), async (given, body) => {
        const sent = Object.entries(given).filter(([name, text]) => isHeader(name, text as string));
        const request = received(body, { headers: Object.fromEntries(sent) as Record<string, string> });
        expect(await channel.verify(request, settings, NOW)).toBe(false);
        const challenge = { ...request, method: 'GET' as const };
        expect(await channel.verify(challenge, settings, NOW)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('believes the right signature, and none with a bit of it turned', async () => {
    const right = await signedHeaders(sample, { url: URL_CALLED, nowSeconds: NOW });
    const verify = (changed: Record<string, string>) =>
      channel.verify(received(sample.body, { headers: changed, url: URL_CALLED }), settings, NOW);
    expect(await verify(right)).toBe(true);
    const value = right[sample.signatureHeader]!;
    // A scheme's name may be in capitals or not.
    for (let at = sample.prefix.endsWith(' ') ? sample.prefix.length : 0; at < value.length; at++) {
      const turned = String.fromCharCode(value.charCodeAt(at) ^ 1);
      const changed = {
        ...right,
        [sample.signatureHeader]: value.slice(0, at) + turned + value.slice(at + 1),
      };
      expect(await verify(changed), changed[sample.signatureHeader]).toBe(false);
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
