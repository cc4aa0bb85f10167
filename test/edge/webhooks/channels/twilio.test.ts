import { describe, expect, it } from 'vitest';
import { MalformedPayload } from '../../../../edge/webhooks/channels/channel.ts';
import { twilio } from '../../../../edge/webhooks/channels/twilio/channel.ts';
import { received } from '../sign.ts';
import { kept, messagesIn } from './sent.ts';

const ACCOUNT = `AC${'0123456789abcdef'.repeat(2)}`;
const settings = twilio.settings.parse({ accountSid: ACCOUNT, authToken: ['12345'] });
const url = 'https://example.com/myapp.php?foo=1&bar=2';

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const sms = {
  MessageSid: 'SM1',
  From: '+14155550100',
  To: '+14155550199',
  Body: 'hello & hi',
  NumMedia: '0',
};
const parse = (fields: Record<string, string>, changes: object = {}) =>
  twilio.parse(received(form(fields)), { ...settings, ...changes });

async function sign(token: string, text: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-1' };
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey('raw', encoder.encode(token), algorithm, false, ['sign']);
  const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)));
  return btoa(String.fromCharCode(...bytes));
}

describe('Twilio', () => {
  // The example of Twilio's documentation and of its libraries' own tests.
  const documented = {
    url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
    signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
    body: form({
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675309',
      Digits: '1234',
      From: '+14158675309',
      To: '+18005551212',
    }),
  };

  it('is known by the signature of its documentation', async () => {
    const { signature, ...request } = documented;
    const headers = { 'x-twilio-signature': signature };
    const verify = (changes: object) =>
      twilio.verify(received(request.body, { headers, url: request.url }), { ...settings, ...changes }, 0);
    expect(await verify({})).toBe(true);
    expect(await verify({ authToken: ['newer', '12345'] })).toBe(true);
    expect(await verify({ authToken: ['newer'] })).toBe(false);
  });

  it.each([undefined, '', 'nonsense', 'RSOYDt4T1cUTdK1PDd93/VVr8B9=', 'AAAA'])(
    'is not known by the signature %j',
    async (signature) => {
      const headers: Record<string, string> =
        signature === undefined ? {} : { 'x-twilio-signature': signature };
      const request = received(documented.body, { headers, url: documented.url });
      expect(await twilio.verify(request, settings, 0)).toBe(false);
    },
  );

  it('signs the address as it was entered: with its usual port, or as a proxy does not show it', async () => {
    const withPort = await sign('12345', 'https://example.com:443/myapp.php?foo=1&bar=2Bodyx');
    const verify = (signature: string, changes: object = {}) =>
      twilio.verify(
        received('Body=x', { headers: { 'x-twilio-signature': signature }, url }),
        { ...settings, ...changes },
        0,
      );
    expect(await verify(withPort)).toBe(true);
    const elsewhere = 'https://public.example/hook';
    const proxied = await sign('12345', `${elsewhere}Bodyx`);
    expect(await verify(proxied)).toBe(false);
    expect(await verify(proxied, { webhookUrl: elsewhere })).toBe(true);
  });

  it('is not known by a form of more fields than it has, right as its signature may be', async () => {
    const signedForm = async (count: number) => {
      const names = Array.from({ length: count }, (_, index) => `f${String(index).padStart(5, '0')}`);
      const headers = { 'x-twilio-signature': await sign('12345', `${url}${names.join('')}`) };
      return received(names.join('&'), { headers, url });
    };
    expect(await twilio.verify(await signedForm(100), settings, 0)).toBe(true);
    expect(await twilio.verify(await signedForm(10_000), settings, 0)).toBe(false);
  });

  it('is not known where the body is no text', async () => {
    const headers = { 'x-twilio-signature': await sign('12345', url) };
    expect(await twilio.verify(received(Uint8Array.of(255), { headers, url }), settings, 0)).toBe(false);
  });

  it('says what a person wrote, and is answered by nothing at once', async () => {
    const parsed = parse(sms);
    expect(messagesIn(parsed)).toEqual([
      {
        id: 'SM1',
        conversation: '+14155550199:+14155550100',
        place: '+14155550100',
        person: '+14155550100',
        text: 'hello & hi',
        sequence: 0,
        replyTo: { from: '+14155550199', to: '+14155550100' },
      },
    ]);
    const { response } = parsed as { response: Response };
    expect(await response.text()).toBe('<?xml version="1.0" encoding="UTF-8"?><Response></Response>');
    expect(response.headers.get('content-type')).toBe('text/xml; charset=utf-8');
  });

  it.each([
    ['what Twilio answers itself', { ...sms, Body: 'STOP', OptOutType: 'STOP' }],
    ['its own messages', { ...sms, From: sms.To }],
    ['statuses', { MessageSid: 'SM1', MessageStatus: 'delivered' }],
  ])('ignores %s', (_, fields) => {
    expect(parse(fields as Record<string, string>).kind).toBe('ignored');
  });

  it('says nothing where a person sent a picture alone, which is told so', () => {
    expect(messagesIn(parse({ ...sms, Body: '', NumMedia: '1' }))[0]!.text).toBe('');
  });

  it.each([{}, { Body: 'x' }, { ...sms, From: '' }])('refuses %j', (fields) => {
    expect(() => parse(fields as Record<string, string>)).toThrow(MalformedPayload);
  });

  it('is answered by its API in parts of 1,600 characters', () => {
    const calls = twilio.replies('word '.repeat(400), kept(messagesIn(parse(sms))[0]!), settings);
    expect(calls).toHaveLength(2);
    expect(calls[0]).toMatchObject({
      url: `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}/Messages.json`,
      headers: { authorization: `Basic ${btoa(`${ACCOUNT}:12345`)}` },
    });
    const sent = new URLSearchParams(calls[0]!.body!);
    expect([sent.get('From'), sent.get('To')]).toEqual([sms.To, sms.From]);
    expect(sent.get('Body')!.length).toBeLessThanOrEqual(1_600);
  });

  it('is answered in TwiML where that was chosen', async () => {
    const parsed = parse(sms, { reply: 'twiml' });
    if (parsed.kind !== 'exchange') throw new Error('It is no exchange.');
    expect(parsed.exchange.patienceMs).toBeLessThan(15_000);
    const xml = async (text: string | null) => parsed.exchange.respond(text).text();
    expect(await xml('a < b & c\u0000 👍')).toContain('<Message>a &lt; b &amp; c 👍</Message>');
    expect((await xml('word '.repeat(400))).match(/<Message>/g)).toHaveLength(2);
    expect(await xml(null)).toContain('<Message>Sorry');
  });
});
