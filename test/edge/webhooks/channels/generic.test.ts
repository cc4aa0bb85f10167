import fc from 'fast-check';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it } from 'vitest';
import { MalformedPayload } from '../../../../edge/webhooks/channels/channel.ts';
import { generic } from '../../../../edge/webhooks/channels/generic/channel.ts';
import {
  atPointer,
  documentWith,
  JSON_POINTER,
} from '../../../../edge/webhooks/channels/generic/json-pointer.ts';
import { received } from '../sign.ts';
import { bodyOf, kept, messagesIn } from './sent.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const older = `whsec_${btoa('an older secret of 24 by')}`;
const settings = generic.settings.parse({ signingSecret: [secret, older] });

const payload = { text: 'hello', conversation: 'c1', person: 'p1' };
const request = (body: unknown, id = 'msg_1') =>
  received(JSON.stringify(body), { headers: { 'webhook-id': id, 'webhook-timestamp': '1700000000' } });
const parse = (body: unknown, changes: object = {}) =>
  generic.parse(request(body), { ...settings, ...changes });

/** What a sender's library makes of a body. */
function signedBy(library: typeof StandardWebhook | typeof SvixWebhook, key: string, at = new Date()) {
  const body = JSON.stringify(payload);
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new library(key).sign('msg_1', at, body),
  };
  return received(body, { headers });
}

const nowSeconds = () => Math.floor(Date.now() / 1_000);

describe('another system', () => {
  // Of the standard's libraries: their tests sign with this secret, id, time and body.
  it('is known by the signature that the standard’s libraries are tested with', async () => {
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const sent = received('{"test": 2432232314}', { headers });
    expect(await generic.verify(sent, settings, 1_614_265_330)).toBe(true);
    expect(await generic.verify(sent, settings, 1_614_265_330 + 301)).toBe(false);
    expect(await generic.verify(sent, settings, 1_614_265_330 - 301)).toBe(false);
  });

  it.each([
    ['standardwebhooks', StandardWebhook],
    ['svix', SvixWebhook],
  ])('that signs with %s is known, also with a secret of before a rotation', async (_, library) => {
    const now = nowSeconds();
    expect(await generic.verify(signedBy(library, secret), settings, now)).toBe(true);
    expect(await generic.verify(signedBy(library, older), settings, now)).toBe(true);
    const stranger = `whsec_${btoa('a secret of nobody here!')}`;
    expect(await generic.verify(signedBy(library, stranger), settings, now)).toBe(false);
  });

  it('is known by any of several signatures, and by none of another version', async () => {
    const sent = signedBy(StandardWebhook, secret);
    const right = sent.headers.get('webhook-signature')!;
    const verify = (signature: string) => {
      const headers = new Headers(sent.headers);
      headers.set('webhook-signature', signature);
      return generic.verify({ ...sent, headers }, settings, nowSeconds());
    };
    expect(await verify(`v1,${btoa('x'.repeat(32))} v1a,abc ${right}`)).toBe(true);
    expect(await verify(right.replace('v1,', 'v2,'))).toBe(false);
    expect(await verify(`${'v1,AAAA '.repeat(10)}${right}`)).toBe(false);
    expect(await verify('')).toBe(false);
  });

  // Signed by Node with the first key of RFC 8032, 7.1.
  it('is known by a v1a signature where its public key is set, and by that key alone', async () => {
    const publicKey = 'whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
    const ed25519 =
      'v1a,fldxM4gAKugP6nnt1hdz3sgGfZ6d99nzrMFnZOELIxbzEHoVmAb2ADpkJK7zgPePmPsle0zV9jSeGlHFG2NVAw==';
    const at = 1_614_265_330;
    const sent = (signature: string, body = '{"test": 2432232314}') => {
      const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
      const headers = { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': signature };
      return received(body, { headers });
    };
    const knowing = (key: string) => generic.settings.parse({ signingSecret: [secret], publicKey: key });
    const known = knowing(publicKey);
    expect(await generic.verify(sent(ed25519), known, at)).toBe(true);
    expect(await generic.verify(sent(`v1a,AAAA v1,AAAA ${ed25519}`), known, at)).toBe(true);
    expect(await generic.verify(sent(ed25519), known, at + 301)).toBe(false);
    expect(await generic.verify(sent(ed25519, '{}'), known, at)).toBe(false);
    expect(await generic.verify(sent(ed25519), settings, at)).toBe(false);
    for (const stranger of ['PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=', `${'/'.repeat(42)}8=`])
      expect(await generic.verify(sent(ed25519), knowing(`whpk_${stranger}`), at)).toBe(false);
    // The shared secret is valid beside it, each for its own version.
    const hmac = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
    expect(await generic.verify(sent(hmac), known, at)).toBe(true);
    expect(await generic.verify(sent(hmac.replace('v1,', 'v1a,')), known, at)).toBe(false);
    expect(await generic.verify(sent(ed25519.replace('v1a,', 'v1,')), known, at)).toBe(false);
    expect(() => knowing('whpk_AAAA')).toThrow(/whpk_/);
  });

  it('says what its JSON holds where the settings point to', () => {
    const body = { event: { 'a/b': [{ body: 'hi', from: { id: 7 } }] }, room: 'r~1' };
    const [message] = messagesIn(
      parse(body, {
        textPointer: '/event/a~1b/0/body',
        personPointer: '/event/a~1b/0/from/id',
        conversationPointer: '/room',
      }),
    );
    expect(message).toEqual({
      id: 'msg_1',
      conversation: 'r~1',
      place: 'r~1',
      person: '7',
      text: 'hi',
      sequence: 1_700_000_000,
      replyTo: { messageId: 'msg_1' },
    });
    expect(messagesIn(parse({ ...payload, n: 5 }, { idPointer: '/n' }))[0]!.id).toBe('5');
  });

  it('is ignored where it tells of something else, or of a bot', () => {
    const events = { eventPointer: '/type', events: ['message.created'] };
    expect(parse({ ...payload, type: 'message.deleted' }, events).kind).toBe('ignored');
    expect(parse(payload, events).kind).toBe('ignored');
    expect(parse({ ...payload, type: 'message.created' }, events).kind).toBe('exchange');
    const nested = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    for (const type of [nested, { toString: 1, valueOf: 1 }, ['message.created'], null])
      expect(parse({ ...payload, type }, events).kind).toBe('ignored');
    expect(parse({ ...payload, type: 7 }, { ...events, events: ['7'] }).kind).toBe('exchange');
    const botPointer = { botPointer: '/bot' };
    expect(parse({ ...payload, bot: true }, botPointer).kind).toBe('ignored');
    expect(parse({ ...payload, bot: { id: 1 } }, botPointer).kind).toBe('ignored');
    for (const bot of [false, 0, '', null, 'false'])
      expect(parse({ ...payload, bot }, botPointer).kind).toBe('exchange');
  });

  it.each<[unknown, RegExp]>([
    [{ ...payload, text: 5 }, /no text at "\/text"/],
    [{ text: 'x', person: 'p' }, /no id at "\/conversation" \(conversation_pointer\)/],
    [{ ...payload, person: '' }, /no id at "\/person"/],
    [[], /no text/],
    [null, /no text/],
  ])('is refused with %j', (body, message) => {
    expect(() => parse(body)).toThrow(MalformedPayload);
    expect(() => parse(body)).toThrow(message);
  });

  it('gets the reply in the answer, where it wants it', async () => {
    const parsed = parse(payload, { replyPointer: '/answer/text' });
    if (parsed.kind !== 'exchange') throw new Error('It is no exchange.');
    expect(await parsed.exchange.respond('hi').json()).toEqual({
      answer: { text: 'hi' },
      conversation: 'c1',
      person: 'p1',
      in_reply_to: 'msg_1',
    });
    const late = parsed.exchange.respond(null);
    expect([late.status, late.headers.get('retry-after')]).toEqual([503, '5']);
  });

  it.each([
    ['standardwebhooks', StandardWebhook],
    ['svix', SvixWebhook],
  ])('is sent the reply in a form that %s verifies, with any secret that is valid', async (_, library) => {
    const replyUrl = 'https://system.example/replies';
    const message = kept(messagesIn(parse(payload, { replyUrl }))[0]!);
    const [call] = generic.replies('hi', message, { ...settings, replyUrl });
    const signed = await generic.sign!(call!, message, settings, nowSeconds());
    expect(signed).toMatchObject({ method: 'POST', url: replyUrl });
    expect(signed.headers['webhook-id']).toBe(`tandem_reply_${message.deliveryId}`);
    // Where it is sent to an integration of Tandem's, nobody answers it.
    const comesBack = received(signed.body!, { headers: signed.headers });
    expect(await generic.verify(comesBack, settings, nowSeconds())).toBe(true);
    expect(generic.parse(comesBack, settings)).toEqual({ kind: 'ignored', reason: 'own message' });
    const forged = `${signed.body} `;
    for (const key of [secret, older]) {
      const webhook = new library(key);
      expect(() => webhook.verify(signed.body!, signed.headers)).not.toThrow();
      expect(() => webhook.verify(forged, signed.headers)).toThrow(/signature/);
    }
    expect(bodyOf(signed)).toMatchObject({ text: 'hi', conversation: 'c1', in_reply_to: 'msg_1' });
  });

  it.each([
    [{ textPointer: 'text' }],
    [{ textPointer: '/~2' }],
    [{ replyUrl: 'http://system.example' }],
    [{ replyUrl: 'ftp://system.example' }],
    [{ signingSecret: ['whsec_short'] }],
    // Without its padding.
    [{ signingSecret: [`whsec_${'A'.repeat(43)}`] }],
  ])('cannot be set up with %j', (wrong) => {
    expect(generic.settings.safeParse({ signingSecret: [secret], ...wrong }).success).toBe(false);
  });

  it('may be on this machine', () => {
    const local = { signingSecret: [secret], replyUrl: 'http://127.0.0.1:8080/replies' };
    expect(generic.settings.safeParse(local).success).toBe(true);
  });
});

describe('a JSON Pointer', () => {
  // The table of RFC 6901, section 5.
  const document = {
    foo: ['bar', 'baz'],
    '': 0,
    'a/b': 1,
    'c%d': 2,
    'e^f': 3,
    'g|h': 4,
    'i\\j': 5,
    'k"l': 6,
    ' ': 7,
    'm~n': 8,
  };
  it.each<[string, unknown]>([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
    ['/foo/2', undefined],
    ['/foo/00', undefined],
    ['/foo/length', undefined],
    ['/constructor', undefined],
    ['/foo/0/1', undefined],
  ])('%j points to %j', (pointer, value) => {
    expect(JSON_POINTER.test(pointer)).toBe(true);
    expect(atPointer(document, pointer)).toEqual(value);
  });

  it('finds what was put there', () => {
    const name = fc.string({ unit: 'grapheme', maxLength: 6 });
    fc.assert(
      fc.property(fc.array(name, { maxLength: 5 }), fc.string(), (names, value) => {
        const pointer = names.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
        expect(JSON_POINTER.test(pointer)).toBe(true);
        expect(atPointer(documentWith(pointer, value), pointer)).toBe(value);
      }),
    );
  });
});
