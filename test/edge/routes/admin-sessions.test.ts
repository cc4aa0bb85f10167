import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { digestOf } from '../../../edge/keys/key-text.ts';
import { OPERATIONS } from '../../../edge/openapi/operations.ts';
import { createSessionId } from '../../../edge/session/session.ts';
import { alarmAfter, say } from '../session/sessions.ts';
import { json } from '../test-app.ts';
import { createKey, holding, keyedApp } from '../test-keys.ts';

const answerSchema = (id: string) => {
  const operation = OPERATIONS.find((each) => each.id === id)!;
  return operation.answers[0]!.schema as z.ZodType;
};

/** An edge with a key, a session of that key in which something was said, and what the owner asks. */
async function edgeWithSession(metadata: object = {}) {
  const app = keyedApp();
  const { id: keyId, key } = await createKey(app);
  const created = await app.request('POST', '/v1/sessions', { body: { metadata }, headers: holding(key) });
  const { id } = await json(created);
  await say(app, id, 'a secret of mine', holding(key));
  const owner = (method: string, path: string) => app.adminRequest(method, `/sessions${path}`);
  return { app, keyId, key, id, owner };
}

describe('the owner', () => {
  it('finds a session that was made a moment ago by its id', async () => {
    const { id, keyId, owner } = await edgeWithSession({ user: '7' });
    const page = await json(owner('GET', `?search=${id}`));
    expect(page).toEqual({
      object: 'list',
      data: [
        expect.objectContaining({
          ...{ id, object: 'session.summary', key_id: keyId },
          ...{ message_count: 2, metadata: { user: '7' } },
        }),
      ],
      next: null,
    });
    expect(answerSchema('searchSessions').safeParse(page).error).toBeUndefined();
    expect((await json(owner('GET', `?search=${createSessionId()}`))).data).toEqual([]);
  });

  it('finds sessions by their key and their metadata once KV has them', async () => {
    const user = crypto.randomUUID();
    const { id, keyId, owner } = await edgeWithSession({ user });
    await alarmAfter(id, 31_000);
    const ids = async (query: string) =>
      (await json(owner('GET', query))).data.map((session: { id: string }) => session.id);
    expect(await ids(`?key=${keyId}`)).toEqual([id]);
    expect(await ids(`?search=${user.toUpperCase()}`)).toEqual([id]);
    expect(await ids(`?search=${user}&key=key_000000000000`)).toEqual([]);
  });

  it('reads, exports and erases what is not theirs', async () => {
    const { app, id, keyId, key, owner } = await edgeWithSession();
    const session = await json(owner('GET', `/${id}`));
    expect(session).toMatchObject({ id, key_id: keyId, messages: [{ content: 'a secret of mine' }, {}] });
    expect(answerSchema('readSession').safeParse(session).error).toBeUndefined();
    const exported = await owner('GET', `/${id}/export`);
    expect(exported.headers.get('content-disposition')).toBe(`attachment; filename="${id}.json"`);
    const held = await json(exported);
    expect(held.messages[1]).toHaveProperty('token_ids');
    expect(answerSchema('exportAnySession').safeParse(held).error).toBeUndefined();

    expect((await owner('DELETE', `/${id}`)).status).toBe(204);
    for (const [method, path] of [
      ['GET', `/${id}`],
      ['GET', `/${id}/export`],
      ['DELETE', `/${id}`],
    ] as const)
      expect((await owner(method, path)).status).toBe(404);
    expect((await app.request('GET', `/v1/sessions/${id}`, { headers: holding(key) })).status).toBe(404);
  });

  it('leaves a line in the log, with neither text nor id', async () => {
    const { app, id, owner } = await edgeWithSession();
    await owner('GET', `/${id}`);
    await owner('GET', `/${id}/export`);
    await owner('DELETE', `/${id}`);
    await owner('DELETE', `/${id}`);
    const audited = app.log.filter(({ event }) => event === 'admin_session');
    expect(audited.map(({ action }) => action)).toEqual(['read', 'export', 'erase']);
    const session = (await digestOf(id)).slice(0, 16);
    for (const line of audited) expect(line).toMatchObject({ session_sha256: session });
    expect(JSON.stringify(app.log)).not.toContain(id);
    expect(JSON.stringify(app.log)).not.toContain('secret of mine');
  });

  it.each([
    'limit=0',
    'limit=201',
    'limit=x',
    'key=sess_1',
    'after=nonsense',
    'order=up',
    `search=${'x'.repeat(201)}`,
  ])('is told what is wrong with ?%s', async (query) => {
    const { status, error } = await keyedApp()
      .adminRequest('GET', `/sessions?${query}`)
      .then(async (response) => ({ status: response.status, ...(await json(response)) }));
    expect(status).toBe(400);
    expect(error.param).toBe(query.split('=')[0]);
  });

  it('is told to come back where KV is away', async () => {
    const away = { list: () => Promise.reject(new Error('KV GET failed: 503')) } as unknown as KVNamespace;
    const app = keyedApp({ dependencies: { sessionNamespace: away } });
    const response = await app.adminRequest('GET', '/sessions');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
  });
});

describe('everybody else', () => {
  it('sees no session in the admin API, and learns of none', async () => {
    const { app, id, key } = await edgeWithSession();
    for (const path of ['', `/${id}`, `/${id}/export`]) {
      const response = await app.request('GET', `/admin/v1/sessions${path}`, { headers: holding(key) });
      expect(response.status).toBe(401);
    }
  });
});
