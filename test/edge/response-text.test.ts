import { describe, expect, it } from 'vitest';
import { readText } from '../../edge/response-text.ts';
import { chunked, json, testApp } from './test-app.ts';

/** A body that never ends; tells how much of it was taken. */
function endless() {
  const taken = { bytes: 0 };
  const piece = new Uint8Array(65_536).fill(0x61);
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      taken.bytes += piece.byteLength;
      controller.enqueue(piece);
    },
  });
  return { taken, body };
}

describe('an answer’s body', () => {
  it.each([
    [new Response('hello'), 'hello', true],
    [new Response('hello', { headers: { 'content-length': '5' } }), 'hello', true],
    [new Response(chunked('hällo, wörld')), 'hällo, wör', false],
    [new Response(chunked('hello, wörl')), 'hello, wörl', true],
    [new Response(null), '', true],
  ])('%# is read to its end or to the limit', async (response, text, isWhole) => {
    expect(await readText(response, 12)).toEqual({ text, isWhole });
  });

  it('that never ends is not held', async () => {
    const { taken, body } = endless();
    const { text, isWhole } = await readText(new Response(body), 100_000);
    expect([text.length, isWhole]).toEqual([100_000, false]);
    expect(taken.bytes).toBeLessThan(500_000);
  });

  it('is not believed where it is compressed: what it announces says nothing then', async () => {
    const { body } = endless();
    const headers = { 'content-length': '10', 'content-encoding': 'identity' };
    expect((await readText(new Response(body, { headers }), 100)).isWhole).toBe(false);
  });
});

describe('a backend whose answer never ends', () => {
  it.each([200, 500])('with status %i is a backend that failed', async (status) => {
    const { taken, body } = endless();
    const app = testApp({ backend: async () => new Response(body, { status }) });
    const response = await app.request('POST', '/v1/chat/completions', {
      body: { messages: [{ role: 'user', content: 'hello' }] },
    });
    expect(response.status).toBe(status === 200 ? 502 : 503);
    expect((await json(response)).error.code).toMatch(/^(bad_backend_answer|backend_unavailable)$/);
    expect(taken.bytes).toBeLessThan(32 * 1024 * 1024);
  });
});
