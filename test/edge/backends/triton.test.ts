import { describe, expect, it } from 'vitest';
import { json, testApp } from '../test-app.ts';
import recorded from './triton-answers.json' with { type: 'json' };

/** What Triton 2.51 answered: test/clients/test_triton_export.py records it, and holds a Triton to it. */
type Answer = keyof typeof recorded;
const body = { messages: [{ role: 'user', content: 'hello' }], n: 2, num_beams: 2 };

function replay(name: Answer): Response {
  const { status, contentType, body } = recorded[name];
  return new Response(body, { status, headers: { 'content-type': contentType } });
}

async function complete(answer: () => Response) {
  const app = testApp({ backend: async () => answer() });
  const response = await app.request('POST', '/v1/chat/completions', { body });
  return { app, response, body: await json(response) };
}

describe('a Triton server', () => {
  it('is a backend: without headers of ours, with tensors of no size', async () => {
    const { body } = await complete(() => replay('reply'));
    expect(body.choices).toHaveLength(2);
    expect(body.usage.completion_tokens).toBe(14);
  });

  it.each([
    ['unknown model', 502, 'backend_misconfigured'],
    ['wrong shape', 502, 'bad_backend_answer'],
    ['wrong datatype', 502, 'bad_backend_answer'],
    ['too many rows', 502, 'bad_backend_answer'],
    ['no object', 503, 'backend_unavailable'],
    ['failed run', 503, 'backend_unavailable'],
  ] as const)('that says %s is told as %i %s', async (name, expected, code) => {
    const { app, response, body } = await complete(() => replay(name));
    expect(response.status).toBe(expected);
    expect(body.error.code).toBe(code);
    expect(app.log[0]!['cause']).toContain(JSON.parse(recorded[name].body).error.slice(0, 100));
  });

  // Not recorded, since they are a matter of moments: its documentation and source have them.
  it.each(['Exceeds maximum queue size', 'Request timeout expired'])(
    'that says "%s" is unavailable',
    async (said) => {
      const error = `[request id: r] ${said}`;
      const { app, response, body } = await complete(() => Response.json({ error }, { status: 503 }));
      expect(response.status).toBe(503);
      expect(body.error.code).toBe('backend_unavailable');
      expect(app.log[0]!['cause']).toContain(said);
    },
  );
});
