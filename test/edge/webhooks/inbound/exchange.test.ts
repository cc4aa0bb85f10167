import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { SENTENCES } from '../../../../edge/webhooks/inbound/sentences.ts';
import { heldBackend, json, sayBack, type TestAppOptions } from '../../test-app.ts';
import { slackApp } from '../inbound-app.ts';

const TOKEN = btoa('0123456789abcdef0123456789abcdef');

/** Teams, which takes the reply in the response to its request. */
function teamsApp(options: TestAppOptions = {}) {
  const app = slackApp({
    ...options,
    integration: { channel: 'teams', settings: { securityToken: [TOKEN] } },
  });
  return {
    ...app,
    async ask(text: string, id: string, at = new Date()) {
      const body = JSON.stringify({
        ...{ type: 'message', id, timestamp: at.toISOString(), text: `<at>Tandem</at> ${text}` },
        ...{ from: { id: 'person' }, conversation: { id: 'thread' } },
      });
      const key = await crypto.subtle.importKey(
        'raw',
        Uint8Array.from(atob(TOKEN), (character) => character.charCodeAt(0)),
        { name: 'HMAC', hash: 'SHA-256' },
        false,
        ['sign'],
      );
      const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(body));
      const authorization = `HMAC ${btoa(String.fromCharCode(...new Uint8Array(signature)))}`;
      return app.request('POST', app.path, { body, headers: { authorization } });
    },
  };
}

describe('an exchange', () => {
  it('has its reply in the response, and the same one when it is asked again', async () => {
    const app = teamsApp({ backend: sayBack('i like dogs.') });
    expect(await json(app.ask('do you have pets?', '1'))).toMatchObject({ text: 'i like dogs.' });
    expect(await json(app.ask('do you have pets?', '1'))).toMatchObject({ text: 'i like dogs.' });
    expect(app.requests).toHaveLength(1);
    expect(app.asked).toEqual([]);
  });

  it('has its reply forgotten with the conversation', async () => {
    const app = teamsApp({ backend: sayBack('i like dogs.') });
    await app.ask('do you have pets?', '1');
    expect(await json(app.ask('/reset', '2'))).toMatchObject({ text: SENTENCES.reset });
    const kept = await runInDurableObject(await app.inboxOf('thread'), (_, { storage }) =>
      JSON.stringify([...storage.kv.list()]),
    );
    expect(kept).toContain('seen:thread:1');
    expect(kept).not.toContain('dogs');
  });

  it('is not had again by who sends the request once more when its id is forgotten', async () => {
    const app = teamsApp();
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
    expect(await (await app.ask('hello', '1', daysAgo(7.01))).text()).toBe('');
    expect(app.requests).toHaveLength(0);
    expect(await json(app.ask('hello', '2', daysAgo(6.9)))).toMatchObject({ type: 'message' });
  });

  it('knows commands', async () => {
    expect(await json(teamsApp().ask('/help', '1'))).toMatchObject({ text: SENTENCES.help });
  });

  it('is told that there is no reply in time, and goes on when there is one', async () => {
    const { backend, nthAsked } = heldBackend();
    const app = teamsApp({ backend });
    const late = json(app.ask('hello', '1'));
    const asked = await nthAsked(1);
    expect((await late).text).toMatch(/^Sorry/);
    asked.answer('at last');
    await Promise.all(app.background);
    expect(await json(app.ask('hello', '1'))).toMatchObject({ text: 'at last' });
  });
});
