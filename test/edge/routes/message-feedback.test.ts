import { evictDurableObject } from 'cloudflare:test';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type * as z from 'zod';
import { OPERATIONS } from '../../../edge/openapi/operations.ts';
import { createMessageId } from '../../../edge/session/session.ts';
import { WRITE_DELAY_MS } from '../../../edge/session/upkeep.ts';
import { ownFigures } from '../figures/own-figures.ts';
import { CANDIDATE, candidateApp } from '../models/candidate-app.ts';
import { alarmAfter, createSession, inKv, objectOf, say } from '../session/sessions.ts';
import { expectSentence, json, sayBack, type TestApp, testApp } from '../test-app.ts';
import {
  ADMIN_TOKEN,
  createKey,
  createPublishableKey,
  holding,
  keyedApp,
  ORIGIN,
  tradeKey,
} from '../test-keys.ts';

afterEach(() => {
  vi.useRealTimers();
});

const schemaOf = (id: string) =>
  OPERATIONS.find((operation) => operation.id === id)!.answers[0]!.schema as z.ZodType;

async function rate(app: TestApp, id: string, message: string, body: object, headers = {}) {
  const path = `/v1/sessions/${id}/messages/${message}/feedback`;
  return app.request('POST', path, { body, headers });
}

async function repliedSession(app: TestApp) {
  const id = await createSession(app);
  const reply = (await json(say(app, id, 'hi'))).id as string;
  return { id, reply };
}

const feedbackOf = async (app: TestApp, id: string) => {
  const { messages } = await json(app.request('GET', `/v1/sessions/${id}`));
  return messages.map((message: { feedback?: object }) => message.feedback);
};

describe('POST /v1/sessions/{id}/messages/{message}/feedback', () => {
  it('keeps what a person thinks of a reply, with the message', async () => {
    const app = testApp({ now: () => 1_900_000_000_000 });
    const { id, reply } = await repliedSession(app);
    const response = await rate(app, id, reply, { rating: 'up', comment: ' Nice.  ' });
    expect(response.status).toBe(200);
    const answer = await json(response);
    expect(schemaOf('rateMessage').safeParse(answer).error).toBeUndefined();
    const feedback = { rating: 'up', comment: 'Nice.', created_at: 1_900_000_000 };
    expect(answer).toMatchObject({ session_id: id, message_id: reply, ...feedback });
    expect(await feedbackOf(app, id)).toEqual([undefined, feedback]);
    const exported = await json(app.request('GET', `/v1/sessions/${id}/export`));
    expect(schemaOf('exportSession').safeParse(exported).error).toBeUndefined();
    expect(exported.messages[1].feedback).toEqual(feedback);
  });

  it('lets the last word win, and takes the same word twice for one', async () => {
    const app = testApp();
    const { id, reply } = await repliedSession(app);
    const revision = async () => (await json(app.request('GET', `/v1/sessions/${id}/export`))).revision;
    await rate(app, id, reply, { rating: 'up', comment: 'Nice.' });
    const before = await revision();
    await rate(app, id, reply, { rating: 'up', comment: 'Nice.' });
    expect(await revision()).toBe(before);
    await rate(app, id, reply, { rating: 'down' });
    expect(await feedbackOf(app, id)).toMatchObject([undefined, { rating: 'down', comment: null }]);
  });

  it('survives the object and KV, and goes with the session', async () => {
    const app = testApp();
    const { id, reply } = await repliedSession(app);
    await rate(app, id, reply, { rating: 'down', comment: 'A secret of mine.' });
    await alarmAfter(id, WRITE_DELAY_MS);
    await evictDurableObject(objectOf(id));
    expect(await feedbackOf(app, id)).toMatchObject([undefined, { rating: 'down' }]);
    await app.request('DELETE', `/v1/sessions/${id}`);
    expect(await inKv(id)).toBeNull();
    expect((await rate(app, id, reply, { rating: 'up' })).status).toBe(404);
    expect(JSON.stringify([app.log, app.points])).not.toContain('secret of mine');
  });

  it.each([
    [{}, 'rating'],
    [{ rating: 'good' }, 'rating'],
    [{ rating: 'up', comment: 'x'.repeat(2_001) }, 'comment'],
    [{ rating: 'up', stars: 5 }, 'stars'],
  ])('refuses %j', async (body, param) => {
    const app = testApp();
    const { id, reply } = await repliedSession(app);
    const response = await rate(app, id, reply, body);
    expect(response.status).toBe(400);
    const { error } = await json(response);
    expect(error.param).toBe(param);
    expectSentence(error);
  });

  it('is for replies that there are', async () => {
    const app = testApp();
    const { id } = await repliedSession(app);
    expect((await rate(app, id, createMessageId(), { rating: 'up' })).status).toBe(404);
    const { messages } = await json(app.request('GET', `/v1/sessions/${id}`));
    const response = await rate(app, id, messages[0].id, { rating: 'up' });
    expect(response.status).toBe(400);
    expectSentence((await json(response)).error);
  });

  it('is open to whom the session is open to, and to nobody else', async () => {
    const app = keyedApp({ backend: sayBack('hello') });
    const [owner, other] = [await createPublishableKey(app), await createKey(app)];
    const visitor = holding(await tradeKey(app, owner.key), ORIGIN);
    const { id } = await json(app.request('POST', '/v1/sessions', { headers: visitor }));
    const token = holding(await tradeKey(app, owner.key, { session_id: id }), ORIGIN);
    const said = await app.request('POST', `/v1/sessions/${id}/messages`, {
      body: { content: 'hi' },
      headers: token,
    });
    const { id: reply } = await json(said);
    expect((await rate(app, id, reply, { rating: 'up' }, token)).status).toBe(200);
    expect((await rate(app, id, reply, { rating: 'down' }, holding(other.key))).status).toBe(404);
    expect((await rate(app, id, reply, { rating: 'down' })).status).toBe(401);
  });
});

describe('feedback and replies', () => {
  it('are compared by model, also in the console', async () => {
    const figures = ownFigures();
    const app = candidateApp({
      settings: { ADMIN_TOKEN },
      dependencies: figures.dependencies,
    });
    const { id } = await app.create();
    const { id: reply } = await app.say(id);
    const path = `/v1/sessions/${id}/messages/${reply}/feedback`;
    for (const rating of ['up', 'down', 'down']) await app.request('POST', path, { body: { rating } });
    expect(app.points.map(({ blobs }) => blobs![8])).toEqual(['', '', 'up', 'down', 'down']);
    expect(app.points.at(-1)!.blobs![6]).toBe(CANDIDATE);

    await figures.reported();
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const compared = await json(app.request('GET', '/admin/v1/models?days=1', { headers }));
    expect(schemaOf('compareModels').safeParse(compared).error).toBeUndefined();
    expect(compared.data).toMatchObject([
      { role: 'served', replies: 0, up: 0, down: 0 },
      { model: CANDIDATE, role: 'candidate', replies: 1, up: 0, down: 1, approval: { value: 0, low: 0 } },
    ]);
    expect((await app.request('GET', '/admin/v1/models?days=31', { headers })).status).toBe(400);
  });
});
