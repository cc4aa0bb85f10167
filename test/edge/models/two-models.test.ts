import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { isForCandidate } from '../../../edge/models/model-choice.ts';
import { FRESH_MS } from '../../../edge/models/standing.ts';
import { createSessionId } from '../../../edge/session/session.ts';
import { type BackendFetch, json } from '../test-app.ts';
import { away, CANDIDATE, candidateApp, SERVED, serving } from './candidate-app.ts';

const messages = [{ role: 'user', content: 'hello' }];
/** Says that it is ready and does nothing more than `fails`. */
const readyBut = (fails: BackendFetch): BackendFetch => {
  const described = serving('');
  return (url, init) => (url.endsWith('/infer') ? fails(url, init) : described(url, init));
};
const broken = readyBut(async () => new Response('', { status: 500 }));
const hanging = readyBut(
  (_, init) =>
    new Promise((_, reject) => init.signal!.addEventListener('abort', () => reject(init.signal!.reason))),
);

describe('a new session', () => {
  it('is on the model that its id falls to, and both have some', async () => {
    const app = candidateApp({ share: 0.5 });
    const sessions = await Promise.all(Array.from({ length: 24 }, () => app.create()));
    for (const { id, model } of sessions) expect(model).toBe(isForCandidate(id, 0.5) ? CANDIDATE : SERVED);
    // One of 8 million runs has them all on one side.
    expect(new Set(sessions.map(({ model }) => model)).size).toBe(2);
  });

  it('is on the model that it asks for, whatever the share', async () => {
    const none = candidateApp({ share: 0 });
    const all = candidateApp({ share: 1 });
    expect((await none.create({ model: CANDIDATE })).model).toBe(CANDIDATE);
    expect((await all.create({ model: SERVED })).model).toBe(SERVED);
    expect((await none.create({ model: null })).model).toBe(SERVED);
  });

  it('is refused where it asks for another', async () => {
    const response = await candidateApp().request('POST', '/v1/sessions', { body: { model: 'gpt-9' } });
    expect(response.status).toBe(404);
    const { error } = await json(response);
    expect(error).toMatchObject({ code: 'model_not_found', param: 'model' });
    expect(error.message).toBe(`The model "gpt-9" is not served here. Use "${SERVED}" or "${CANDIDATE}".`);
  });

  it.each([
    ['does not have it', away, 'away', 'No backend that answers has it.'],
    [
      'has another vocabulary',
      serving('', { vocab_size: '50265' }),
      'unfit',
      'At backend 1 it has a vocabulary of 50265, the model that is served 2000.',
    ],
  ])('is the served model’s where the backend %s', async (_, candidate, state, reason) => {
    const app = candidateApp({ candidate });
    const { id, model } = await app.create();
    expect(model).toBe(SERVED);
    expect(await app.say(id)).toMatchObject({ content: 'the old one', model: SERVED });
    expect((await app.health()).candidate).toMatchObject({ model: CANDIDATE, share: 1, state, reason });
    expect((await app.request('GET', '/healthz')).status).toBe(200);
  });

  it('compares tokenizers where backends tell them', async () => {
    const served = serving('the old one', { tokenizer_sha256: 'aa' });
    const other = candidateApp({ served, candidate: serving('', { tokenizer_sha256: 'bb' }) });
    expect((await other.health()).candidate).toMatchObject({ state: 'unfit' });
    const same = candidateApp({ served, candidate: serving('', { tokenizer_sha256: 'aa' }) });
    expect((await same.health()).candidate).toMatchObject({ state: 'ready', reason: null });
  });

  it('is the candidate’s again once that is back', async () => {
    const clock = { nowMs: Date.now() };
    const app = candidateApp({ candidate: away, now: () => clock.nowMs });
    expect((await app.create()).model).toBe(SERVED);
    app.state.candidate = serving('the new one');
    clock.nowMs += FRESH_MS;
    // This one has a new look taken, and is told of the old one.
    expect((await app.create()).model).toBe(SERVED);
    await expect.poll(async () => (await app.create()).model).toBe(CANDIDATE);
  });
});

describe('a session', () => {
  it('stays on its model when the share changes', async () => {
    const all = candidateApp({ share: 1 });
    const none = candidateApp({ share: 0 });
    const [ours, theirs] = [await all.create(), await none.create()];
    expect(await none.say(ours.id)).toMatchObject({ content: 'the new one', model: CANDIDATE });
    expect(await all.say(theirs.id)).toMatchObject({ content: 'the old one', model: SERVED });
    const { model, messages: kept } = await json(none.request('GET', `/v1/sessions/${ours.id}`));
    expect(model).toBe(CANDIDATE);
    expect(kept.map((message: { model?: string }) => message.model)).toEqual([undefined, CANDIDATE]);
  });

  it('goes on with the model that was promoted', async () => {
    const { id } = await candidateApp().create();
    const promoted = candidateApp({
      settings: { MODEL_NAME: CANDIDATE, CANDIDATE_MODEL_NAME: '' },
    });
    expect(await promoted.say(id)).toMatchObject({ content: 'the new one', model: CANDIDATE });
    expect(promoted.log.at(-1)).not.toHaveProperty('moved_from');
  });

  it.each([
    ['the candidate, withdrawn', CANDIDATE, { CANDIDATE_MODEL_NAME: '' }, SERVED, 'the old one'],
    [
      'the old one, replaced',
      SERVED,
      { MODEL_NAME: CANDIDATE, CANDIDATE_MODEL_NAME: '' },
      CANDIDATE,
      'the new one',
    ],
  ])('that was on %s, goes on with the one that is served, for good', async (_, on, settings, now, said) => {
    const both = candidateApp();
    const { id } = await both.create({ model: on });
    await both.say(id);
    const one = candidateApp({ settings });
    expect(await one.say(id, 'and now?')).toMatchObject({ content: said, model: now });
    expect(one.log.at(-1)).toMatchObject({ status: 200, model: now, moved_from: on });
    expect((await json(one.request('GET', `/v1/sessions/${id}`))).model).toBe(now);
    await one.say(id, 'still there?');
    expect(one.log.at(-1)).not.toHaveProperty('moved_from');
  });

  it.each([
    ['breaks', broken],
    ['is away', away],
    ['cannot be reached', () => Promise.reject(new TypeError('Network connection lost.'))],
    ['hangs', hanging],
    ['says what makes no sense', readyBut(async () => Response.json({ outputs: [] }))],
  ])(
    'is answered by the served model while the candidate %s, and stays the candidate’s',
    async (_, fails) => {
      const app = candidateApp({ settings: { BACKEND_TIMEOUT_MS: 1_000 } });
      const { id } = await app.create();
      app.state.candidate = fails;
      expect(await app.say(id)).toMatchObject({ content: 'the old one', model: SERVED });
      expect(app.log.at(-1)).toMatchObject({ status: 200, model: SERVED, fell_back_from: CANDIDATE });
      const { model, messages: kept } = await json(app.request('GET', `/v1/sessions/${id}`));
      expect(model).toBe(CANDIDATE);
      expect(kept[1].model).toBe(SERVED);
    },
  );

  it('does not wait any more for a candidate that has failed again and again', async () => {
    const clock = { nowMs: Date.now() };
    const app = candidateApp({ now: () => clock.nowMs });
    const { id } = await app.create();
    app.state.candidate = broken;
    for (let i = 0; i < 3; i++) await app.say(id);
    const asked = app.requests.length;
    await app.say(id);
    expect(app.requests.length - asked).toBe(1);
    clock.nowMs += 10_000;
    app.state.candidate = serving('the new one');
    expect(await app.say(id)).toMatchObject({ content: 'the new one' });
  });

  it('does not wait any more for a candidate that hangs at several backends', async () => {
    const BACKENDS = JSON.stringify(['a', 'b'].map((name) => ({ name, url: `https://${name}.example` })));
    const settings = { BACKENDS, BACKEND_TIMEOUT_MS: 800 };
    // Its clock stands, so that nobody's time is over before that of a slow machine.
    const startMs = Date.now();
    const app = candidateApp({ candidate: hanging, settings, now: () => startMs });
    const sessions = await Promise.all(Array.from({ length: 4 }, () => app.create()));
    for (const { content } of await Promise.all(sessions.map(({ id }) => app.say(id))))
      expect(content).toBe('the old one');
    let asked = 0;
    app.state.candidate = readyBut((...call) => {
      asked += 1;
      return hanging(...call);
    });
    expect(await app.say(sessions[0]!.id)).toMatchObject({ content: 'the old one', model: SERVED });
    expect(asked).toBe(0);
  });

  it('has the served model’s error where neither answers', async () => {
    const app = candidateApp();
    const { id } = await app.create();
    app.state.candidate = broken;
    app.state.served = broken;
    expect((await app.say(id)).error).toMatchObject({ code: 'backend_unavailable' });
  });
});

describe('a request that names a model', () => {
  const paths: [path: string, body: object, read: (answer: { model: string }) => string][] = [
    ['/v1/chat/completions', { messages }, ({ model }) => model],
    ['/v1/completions', { prompt: 'hello' }, ({ model }) => model],
  ];

  it.each(paths)('at %s is answered by that one, and the answer says so', async (path, body, read) => {
    const app = candidateApp({ share: 0 });
    for (const [asked, spoke] of [
      [CANDIDATE, CANDIDATE],
      [`owner/${CANDIDATE}`, CANDIDATE],
      [SERVED, SERVED],
      [undefined, SERVED],
    ])
      expect(read(await json(app.request('POST', path, { body: { ...body, model: asked } })))).toBe(spoke);
  });

  it('is answered by the candidate at Hugging Face’s address too', async () => {
    const said = await json(
      candidateApp().request('POST', `/models/${CANDIDATE}`, { body: { inputs: 'hello' } }),
    );
    expect(said).toEqual([{ generated_text: 'the new one' }]);
  });

  it('has an error, and no other model, where the candidate is away', async () => {
    const app = candidateApp({ candidate: broken });
    const body = { messages, model: CANDIDATE };
    const response = await app.request('POST', '/v1/chat/completions', { body });
    expect((await json(response)).error).toMatchObject({ code: 'backend_unavailable' });
  });

  it('is told why a candidate that does not fit is not served', async () => {
    const app = candidateApp({ candidate: serving('', { max_positions: '512' }) });
    const body = { messages, model: CANDIDATE };
    const response = await app.request('POST', '/v1/chat/completions', { body });
    expect(response.status).toBe(404);
    expect((await json(response)).error.message).toMatch(
      /cannot be served beside "tandem-mini"\. At backend 1/,
    );
  });
});

describe('GET /v1/models', () => {
  const ids = async (app: ReturnType<typeof candidateApp>) =>
    (await json(app.request('GET', '/v1/models'))).data.map(({ id }: { id: string }) => id);

  it('lists both', async () => {
    const app = candidateApp({ share: 0 });
    expect(await ids(app)).toEqual([SERVED, CANDIDATE]);
    expect(await json(app.request('GET', `/v1/models/${CANDIDATE}`))).toMatchObject({ id: CANDIDATE });
  });

  it('leaves out one that does not fit', async () => {
    expect(await ids(candidateApp({ candidate: serving('', { vocab_size: '1' }) }))).toEqual([SERVED]);
  });
});

describe('a candidate with backends of its own', () => {
  it('is asked there', async () => {
    const app = candidateApp({
      candidate: (url, init) =>
        url.startsWith('https://new.example/') ? serving('from afar')(url, init) : away(),
      settings: { CANDIDATE_BACKENDS: '[{"url": "https://new.example", "name": "new"}]' },
    });
    const { id } = await app.create();
    expect(await app.say(id)).toMatchObject({ content: 'from afar', model: CANDIDATE });
    const { backends, candidate } = await app.health();
    expect(backends).toMatchObject([{ name: '1', ready: true }]);
    expect(candidate.backends).toMatchObject([{ name: 'new', ready: true }]);
  });
});

describe('a session of before there could be two models', () => {
  it('is read as it was written, and is on the model that is served from its next message on', async () => {
    const app = candidateApp({ share: 1 });
    const id = createSessionId();
    const now = Math.floor(Date.now() / 1_000);
    const older = {
      ...{ version: 2, keyId: null, persona: [], metadata: {}, ttlSeconds: 3_600, revision: 3 },
      messages: [
        { id: 'msg_0', role: 'user', content: 'hi', createdAt: now },
        { id: 'msg_1', role: 'assistant', content: 'hello', ids: [5, 2], createdAt: now },
      ],
      ...{ createdAt: now, expiresAt: now + 3_600 },
    };
    await env.SESSIONS.put(`session:${id}`, JSON.stringify(older));
    const read = await json(app.request('GET', `/v1/sessions/${id}`));
    expect(read).not.toHaveProperty('model');
    expect(await app.say(id)).toMatchObject({ content: 'the old one', model: SERVED });
    const { model, messages: kept } = await json(app.request('GET', `/v1/sessions/${id}`));
    expect(model).toBe(SERVED);
    expect(kept.map((message: { model?: string }) => message.model)).toEqual([
      ...[undefined, undefined, undefined, SERVED],
    ]);
  });
});
