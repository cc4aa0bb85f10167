import { afterEach, expect, it, vi } from 'vitest';
import { heldBackend } from '../../test-app.ts';
import { slackApp } from '../inbound-app.ts';

afterEach(() => vi.useRealTimers());

/** Telegram, which shows for five seconds that the bot is typing. */
function telegramApp() {
  const { backend, nthAsked } = heldBackend();
  const settings = { botToken: ['1:a'], secretToken: ['s'.repeat(16)], botUsername: 'bot' };
  const app = slackApp({ backend, integration: { channel: 'telegram', settings } });
  return {
    ...app,
    nthAsked,
    say: (text: string) =>
      app.request('POST', app.path, {
        headers: { 'x-telegram-bot-api-secret-token': settings.secretToken[0]! },
        body: JSON.stringify({
          update_id: 1,
          message: {
            ...{ message_id: 1, date: Math.floor(Date.now() / 1_000), text },
            ...{ from: { id: 7, is_bot: false }, chat: { id: 7, type: 'private' } },
          },
        }),
      }),
    methods: () => app.asked.map(({ url }) => url.split('/').at(-1)),
  };
}

it('shows that a reply is being written for as long as it is, and no longer', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const app = telegramApp();
  await app.say('hello');
  const woken = app.wake('7');
  const asked = await app.nthAsked(1);
  expect(app.methods()).toEqual(['sendChatAction']);
  vi.advanceTimersByTime(9_000);
  expect(app.methods()).toEqual(['sendChatAction', 'sendChatAction', 'sendChatAction']);
  asked.answer('hello there');
  await woken;
  vi.advanceTimersByTime(60_000);
  expect(app.methods().slice(3)).toEqual(['sendMessage']);
});
