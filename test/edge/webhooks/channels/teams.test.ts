import { describe, expect, it } from 'vitest';
import { MalformedPayload } from '../../../../edge/webhooks/channels/channel.ts';
import { teams } from '../../../../edge/webhooks/channels/teams/channel.ts';
import { received } from '../sign.ts';
import { messagesIn } from './sent.ts';

const token = btoa('a security token of 32 bytes ...');
const settings = teams.settings.parse({ securityToken: [token, btoa('the token of before')] });

const activity = {
  type: 'message',
  id: '1700000000001',
  timestamp: '2026-11-23T10:00:00.123Z',
  serviceUrl: 'https://smba.trafficmanager.net/emea/',
  channelId: 'msteams',
  from: { id: '29:1abc', name: 'Ada', aadObjectId: '8a1d' },
  conversation: { id: '19:x@thread.tacv2;messageid=1700000000000', isGroup: true },
  recipient: null,
  text: '<at>Tandem</at> do you like &lt;dogs&gt;&nbsp;&amp; cats?\n',
  channelData: { channel: { id: '19:x@thread.tacv2' }, team: { id: '19:t' } },
};
const parse = (changes: object = {}) =>
  teams.parse(received(JSON.stringify({ ...activity, ...changes })), settings);

async function sign(secret: string, body: string): Promise<string> {
  const bytes = Uint8Array.from(atob(secret), (character) => character.charCodeAt(0));
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(body));
  return btoa(String.fromCharCode(...new Uint8Array(signature)));
}

describe('Teams', () => {
  it('is known by the HMAC under the bytes of its token', async () => {
    const body = JSON.stringify(activity);
    const verify = async (authorization: string, sent = body) =>
      teams.verify(received(sent, { headers: { authorization } }), settings, 0);
    expect(await verify(`HMAC ${await sign(token, body)}`)).toBe(true);
    expect(await verify(`HMAC ${await sign(btoa('the token of before'), body)}`)).toBe(true);
    expect(await verify(`HMAC ${await sign(btoa('another token, no less'), body)}`)).toBe(false);
    expect(await verify(`HMAC ${await sign(token, body)}`, `${body} `)).toBe(false);
  });

  it.each(['', 'HMAC', 'HMAC ', 'HMAC nonsense', 'Bearer x', 'HMAC AAAA'])(
    'is not known by %j',
    async (authorization) => {
      expect(await teams.verify(received('{}', { headers: { authorization } }), settings, 0)).toBe(false);
    },
  );

  it.each(['not base64, but a sentence', 'AAAAAAAAAAAAAAAAA', 'AAAAAAAAAAAAAAAAAB=='])(
    'cannot be set up with the token %j',
    (wrong) => {
      expect(teams.settings.safeParse({ securityToken: [wrong] }).success).toBe(false);
    },
  );

  it('says what a person asked, in the thread', () => {
    expect(messagesIn(parse())).toEqual([
      {
        id: '19:x@thread.tacv2;messageid=1700000000000:1700000000001',
        conversation: '19:x@thread.tacv2;messageid=1700000000000',
        place: '19:x@thread.tacv2',
        person: '8a1d',
        text: 'do you like <dogs> & cats?',
        sequence: Date.parse('2026-11-23T10:00:00.123Z'),
        sentAtMs: Date.parse('2026-11-23T10:00:00.123Z'),
        replyTo: null,
      },
    ]);
  });

  it.each([
    ['<div><at>Tandem</at>&nbsp;hello</div><div>there</div>', 'hello\nthere'],
    ['<at id="0">Tandem</at> /reset', '/reset'],
    ['&amp;lt; &unknown;', '&lt; &unknown;'],
  ])('takes %j for %j', (html, text) => {
    expect(messagesIn(parse({ text: html }))[0]!.text).toBe(text);
  });

  // Where each looked for its end through all the others, this took minutes.
  it.each(['<', '<at ', '<at>'])('takes a text of many %j for what it is, and at once', (mark) => {
    expect(parse({ text: mark.repeat(500_000) }).kind).toBe('exchange');
  });

  it('ignores bots, and what is no message', () => {
    expect(parse({ from: { id: '28:bot', role: 'bot' } }).kind).toBe('ignored');
    expect(parse({ type: 'messageReaction' }).kind).toBe('ignored');
  });

  it.each([{ id: undefined }, { conversation: {} }, { timestamp: 'yesterday' }, { from: null }])(
    'refuses %j',
    (changes) => {
      expect(() => parse(changes)).toThrow(MalformedPayload);
    },
  );

  it('is answered within its five seconds, with a reply or a sentence that there is none', async () => {
    const parsed = parse();
    if (parsed.kind !== 'exchange') throw new Error('It is no exchange.');
    expect(parsed.exchange.patienceMs).toBeLessThan(5_000);
    expect(await parsed.exchange.respond('i like **dogs**').json()).toEqual({
      type: 'message',
      textFormat: 'plain',
      text: 'i like **dogs**',
    });
    expect(await parsed.exchange.respond(null).json()).toMatchObject({
      text: expect.stringMatching(/^Sorry/),
    });
  });
});
