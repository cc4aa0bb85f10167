import { describe, expect, it } from 'vitest';
import type { ModelInput } from '../../../edge/backends/model-inputs.ts';
import { GENERATION_INPUTS, PARAMETER_INPUT_NAMES } from '../../../shared/generation-tensors.ts';
import { type BackendFetch, json, sayBack, tensor, testApp } from '../test-app.ts';

/** What a graph says that was compiled while parameters were [batch]. */
const AS_BATCH: ModelInput[] = GENERATION_INPUTS.map((input) =>
  input.shape[1] === 1 ? { ...input, shape: [-1] } : input,
);
const without = (...names: string[]) => GENERATION_INPUTS.filter(({ name }) => !names.includes(name));

/** A backend of another version: it takes these inputs, parameters in no other shape, and describes them. */
function versioned(inputs: readonly ModelInput[]) {
  const asked = { infer: 0, metadata: 0 };
  const backend: BackendFetch = async (url, init) => {
    if (url.endsWith('/ready')) return Response.json({ ready: true });
    if (!url.endsWith('/infer')) {
      asked.metadata += 1;
      return Response.json({ name: 'bot', inputs, outputs: [] });
    }
    asked.infer += 1;
    const sent: { name: string; shape: number[] }[] = JSON.parse(String(init.body)).inputs;
    const isTaken = sent.every(({ name, shape }) =>
      inputs.some((input) => input.name === name && input.shape.length === shape.length),
    );
    return isTaken
      ? sayBack('fine')(url, init)
      : Response.json({ error: 'unexpected shape' }, { status: 400 });
  };
  return { backend, asked };
}

const body = { messages: [{ role: 'user', content: 'hello' }], num_beams: 4 };

describe('a backend of an older version', () => {
  it('is asked once what it takes, and again a minute later', async () => {
    const { backend, asked } = versioned(AS_BATCH);
    const clock = { nowMs: 1_750_000_000_000 };
    const app = testApp({ backend, now: () => clock.nowMs });
    const complete = async () => (await app.request('POST', '/v1/chat/completions', { body })).status;
    expect([await complete(), await complete(), await complete()]).toEqual([200, 200, 200]);
    expect(asked).toEqual({ infer: 4, metadata: 1 });
    const [first, second] = app.requests;
    for (const name of PARAMETER_INPUT_NAMES) expect(tensor(second, name)).toEqual(tensor(first, name));
    clock.nowMs += 60_000;
    expect(await complete()).toBe(200);
    expect(asked).toEqual({ infer: 6, metadata: 2 });
  });

  it('answers what it can, and what it cannot is refused without its being left out', async () => {
    const { backend } = versioned(without('logit_bias_ids', 'logit_bias_values'));
    const app = testApp({ backend });
    const biased = { ...body, logit_bias: { 7: 1 } };
    for (let request = 0; request < 6; request++) {
      const { error } = await json(app.request('POST', '/v1/chat/completions', { body: biased }));
      expect(error).toMatchObject({ code: 'backend_misconfigured' });
    }
    expect((await app.request('POST', '/v1/chat/completions', { body })).status).toBe(200);
    expect((await json(app.request('GET', '/healthz'))).backends).toMatchObject([
      { ready: true, standing: 'ready' },
    ]);
  });

  it('beyond what the edge understands is not ready, and requests say so', async () => {
    const { backend } = versioned(without('num_beams'));
    const app = testApp({ backend });
    expect((await app.request('GET', '/healthz')).status).toBe(503);
    const { error } = await json(app.request('POST', '/v1/chat/completions', { body }));
    expect(error).toMatchObject({ code: 'backend_misconfigured' });
    expect(app.log.at(-1)).toMatchObject({ cause: expect.stringContaining('has no input "num_beams"') });
  });
});
