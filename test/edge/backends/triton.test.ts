import { describe, expect, it } from 'vitest';
import { json, testApp } from '../test-app.ts';

/** What Triton Inference Server's HTTP endpoint sends, as its documentation and source have it. */
const ANSWER = {
  id: 'r',
  model_name: 'tandem-mini',
  model_version: '1',
  parameters: { sequence_id: 0, sequence_start: false, sequence_end: false },
  outputs: [
    { name: 'scores', datatype: 'FP32', shape: [1, 2], data: [-0.5, -1.25] },
    { name: 'logprobs', datatype: 'FP32', shape: [1, 2, 0], data: [] },
    { name: 'lengths', datatype: 'INT64', shape: [1, 2], data: [3, 2] },
    { name: 'sequences', datatype: 'INT64', shape: [1, 2, 3], data: [300, 301, 2, 302, 2, 0] },
  ],
};
const body = { messages: [{ role: 'user', content: 'hello' }], n: 2, num_beams: 2 };

async function complete(answer: () => Response) {
  const app = testApp({ backend: async () => answer() });
  const response = await app.request('POST', '/v1/chat/completions', { body });
  return { app, response, body: await json(response) };
}

describe('a Triton server', () => {
  it('is a backend: tensors in its order, fields that are its own, no headers of ours', async () => {
    const { body } = await complete(() => Response.json(ANSWER));
    expect(body.choices).toHaveLength(2);
    expect(body.usage.completion_tokens).toBe(5);
  });

  it.each([
    [503, { error: '[request id: r] Exceeds maximum queue size' }, 503, 'backend_unavailable'],
    [503, { error: '[request id: r] Request timeout expired' }, 503, 'backend_unavailable'],
    [500, { error: 'onnx runtime error 6: Non-zero status code returned' }, 503, 'backend_unavailable'],
    [400, { error: "Request for unknown model: 'tandem-mini' is not found" }, 502, 'bad_backend_answer'],
    [400, { error: "unexpected shape for input 'input_ids'" }, 502, 'bad_backend_answer'],
  ])('that says %i %j is told as %i %s', async (status, said, expected, code) => {
    const { app, response, body } = await complete(() => Response.json(said, { status }));
    expect(response.status).toBe(expected);
    expect(body.error.code).toBe(code);
    expect(app.log[0]!['cause']).toContain(said.error);
  });
});
