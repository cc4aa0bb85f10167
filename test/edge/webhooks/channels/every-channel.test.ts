import { afterEach, describe, expect, it, vi } from 'vitest';
import { CHANNELS } from '../../../../edge/webhooks/channels/registry.ts';
import { json } from '../../test-app.ts';
import { slackApp } from '../inbound-app.ts';
import { received } from '../sign.ts';
import { nameOf, type Sample, SAMPLES, signedHeaders } from './samples.ts';

/** What every channel has to do, whatever it is: a new one is told here what it lacks. */
const CASES = SAMPLES.map((sample) => [nameOf(sample), sample] as const);
const NOW = 1_700_000_000;
const URL_CALLED = 'https://edge.example/webhooks/int_1';

afterEach(() => vi.restoreAllMocks());

it('has a sample of each channel, with what it ignores and what it refuses', () => {
  for (const name of CHANNELS.keys()) {
    const samples = SAMPLES.filter(({ channel }) => channel === name);
    expect(
      samples.some(({ ignored }) => ignored.length > 0),
      name,
    ).toBe(true);
    expect(
      samples.some(({ malformed }) => malformed.length > 0),
      name,
    ).toBe(true);
  }
});

describe.each(CASES)('%s, by the route', (_, sample) => {
  /** Sends what the channel has signed. */
  async function send(body: string, { places = null }: { places?: string[] | null } = {}) {
    const { channel, settings } = sample;
    const parsed = CHANNELS.get(channel)!.settings.parse(settings) as Record<string, unknown>;
    const app = slackApp({ integration: { channel, settings: parsed, places } });
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const headers = await signedHeaders(sample, { body, url: `http://localhost${app.path}`, nowSeconds });
    return { app, response: await app.request('POST', app.path, { body, headers }) };
  }

  it('takes what it is made for', async () => {
    expect((await send(sample.body)).response.ok).toBe(true);
  });

  it('answers 200 to what it does not know, and says nothing to anybody', async () => {
    for (const body of sample.ignored) {
      const { app, response } = await send(body);
      expect(response.status, body).toBe(200);
      expect(await response.text()).toBe('');
      expect([app.asked, app.requests]).toEqual([[], []]);
    }
  });

  it('answers nothing where it is not to be heard, and does not say that it thinks', async () => {
    const { app, response } = await send(sample.body, { places: ['elsewhere'] });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
    expect([app.asked, app.requests]).toEqual([[], []]);
  });

  it('refuses with 400 what is malformed, and quotes none of it', async () => {
    for (const body of sample.malformed) {
      const { response } = await send(body);
      expect(response.status, body).toBe(400);
      expect((await json(response)).error.code).toBe('malformed_payload');
    }
  });
});

type Work = [operation: string, bytes: (number | string)[]][];

/** The cryptography that is done while something is awaited: what, and with how many bytes. */
async function workOf(run: () => Promise<unknown>): Promise<Work> {
  const work: Work = [];
  const sizes = (given: unknown[]) =>
    given.flatMap((each): (string | number)[] => {
      if (typeof each === 'string') return [each];
      return ArrayBuffer.isView(each) || each instanceof ArrayBuffer ? [each.byteLength] : [];
    });
  const { subtle } = crypto;
  for (const name of ['importKey', 'verify', 'sign', 'digest', 'timingSafeEqual'] as const) {
    const original = subtle[name].bind(subtle) as (...given: unknown[]) => unknown;
    vi.spyOn(subtle, name).mockImplementation(((...given: unknown[]) => {
      work.push([name, sizes(given)]);
      return original(...given);
    }) as never);
  }
  await run();
  vi.restoreAllMocks();
  return work;
}

describe.each(CASES)('%s, whether a signature is nearly right or not at all', (_, sample) => {
  const channel = CHANNELS.get(sample.channel)!;
  const settings = channel.settings.parse(sample.settings);
  const verify = (headers: Record<string, string>) =>
    channel.verify(received(sample.body, { headers, url: URL_CALLED }), settings, NOW);
  const signed = () => signedHeaders(sample, { url: URL_CALLED, nowSeconds: NOW });

  it('does the same work, which no clock can tell apart', async () => {
    const right = await signed();
    const wanted = await workOf(() => verify(right));
    expect(wanted.some(([name]) => name === 'verify' || name === 'timingSafeEqual')).toBe(true);
    for (const signature of nearlyRight(sample, right))
      expect(await workOf(() => verify({ ...right, [sample.signatureHeader]: signature }))).toEqual(wanted);
  });

  it('is decided by a comparison in constant time, and by no other', async () => {
    const right = await signed();
    const decide = (isEqual: boolean) => {
      vi.spyOn(crypto.subtle, 'verify').mockResolvedValue(isEqual);
      vi.spyOn(crypto.subtle, 'timingSafeEqual').mockReturnValue(isEqual);
    };
    decide(true);
    for (const signature of nearlyRight(sample, right))
      expect(await verify({ ...right, [sample.signatureHeader]: signature })).toBe(true);
    decide(false);
    expect(await verify(right)).toBe(false);
  });
});

/** Signatures of the right form and length: wrong at the beginning, in the middle, at the end, everywhere. */
function nearlyRight({ signatureHeader, prefix }: Sample, right: Record<string, string>): string[] {
  const signature = right[signatureHeader]!.slice(prefix.length);
  const other = (character: string) => (character === '1' ? '2' : '1');
  // Base64 may end in a character of which not all bits count, and in what fills it up.
  const last = signature.length - 4;
  const places = [0, signature.length >> 1, last];
  return [
    ...places.map((at) => signature.slice(0, at) + other(signature[at]!) + signature.slice(at + 1)),
    [...signature].map((character, at) => (at <= last ? other(character) : character)).join(''),
  ].map((wrong) => prefix + wrong);
}
