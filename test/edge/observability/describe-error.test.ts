import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BackendFailure, failureOf } from '../../../edge/backends/backend-failure.ts';
import { ApiError } from '../../../edge/errors.ts';
import { describeError } from '../../../edge/observability/describe-error.ts';

const briefly = (error: unknown) => describeError(error, { frames: 0 });

describe('an error in the log', () => {
  it.each([
    [new TypeError('my secret'), 'TypeError'],
    [new Error('Network connection lost.'), 'Error: Network connection lost'],
    [new Error('KV PUT failed: 429 my secret'), 'Error: KV PUT failed: 429'],
    [new Error('Durable Object is overloaded. my secret'), 'Error: Durable Object is overloaded'],
    [
      Object.assign(new Error('my secret'), { remote: true, retryable: true, overloaded: false }),
      'Error (remote, retryable)',
    ],
    [Object.assign(new Error('x'), { name: 'my secret!' }), 'Error'],
    [new ApiError('message_too_long', { message: 'my secret' }), 'message_too_long'],
    [
      new ApiError('session_store_unavailable', {
        cause: new Error('internal error; reference = my secret'),
      }),
      'session_store_unavailable, caused by Error: internal error',
    ],
    [
      new BackendFailure('late', 'It did not answer within 5 ms.'),
      'BackendFailure: It did not answer within 5 ms.',
    ],
    [
      new AggregateError([new Error('my secret'), new BackendFailure('late', 'One.')]),
      'Error; BackendFailure: One.',
    ],
    ['my secret', 'a thrown string'],
    [undefined, 'a thrown undefined'],
  ])('%# says what it is and quotes nothing', (error, expected) => {
    expect(briefly(error)).toBe(expected);
  });

  it('says where it was thrown', () => {
    expect(describeError(new Error('my secret'))).toMatch(/^Error at .*describe-error\.test/);
  });

  it('never quotes a message, whatever it looks like', () => {
    const line = fc.string({ unit: 'binary', maxLength: 60 });
    const message = fc.oneof(
      fc.array(line, { maxLength: 4 }).map((lines) => lines.join('\n')),
      fc
        .array(
          line.map((text) => `    at ${text} (file.js:1:2)`),
          { maxLength: 3 },
        )
        .map((lines) => lines.join('\n')),
    );
    fc.assert(
      fc.property(message, fc.boolean(), (text, isChangedLater) => {
        const marked = `<<${text}>>\n    at marked (mark.js:1:1)`;
        const error = new Error(isChangedLater ? 'before' : marked);
        if (isChangedLater) error.message = marked;
        expect(describeError(error)).not.toMatch(/<<|mark\.js/);
      }),
      { numRuns: 500 },
    );
  });

  it('ends where causes go in a circle', () => {
    const error = new Error('x');
    error.cause = error;
    expect(briefly(error)).toBe('Error, caused by Error, caused by Error');
  });
});

describe('what the runtime itself throws', () => {
  const thrownBy = (attempt: () => unknown) =>
    Promise.resolve()
      .then(attempt)
      .then(() => expect.unreachable(), briefly);

  it.each([
    [
      'where nobody listens',
      () => fetch('http://127.0.0.1:1/my-secret'),
      'Error (remote, retryable): Network connection lost',
    ],
    [
      'when its time is over',
      () => scheduler.wait(60_000, { signal: AbortSignal.timeout(0) }),
      'TimeoutError (retryable): The operation was aborted due to timeout',
    ],
    [
      'where KV refuses what it is given',
      () => env.SESSIONS.put('my secret', 'x', { expirationTtl: 1 }),
      'Error: KV PUT failed: 400',
    ],
    ['with a key and its value', () => JSON.parse('my secret'), 'SyntaxError'],
    ['with a name', () => (undefined as unknown as { my_secret(): void }).my_secret(), 'TypeError'],
    ['with an address', () => fetch('my secret'), 'TypeError'],
    ['with a header', () => new Headers({ 'my secret': 'x' }), 'TypeError'],
    [
      'with a statement',
      () => runInDurableObject(env.FIGURES.getByName('x'), (_, { storage }) => storage.sql.exec('my secret')),
      'Error',
    ],
  ])('%s is known, or only named', async (_, attempt, expected) => {
    expect(await thrownBy(attempt)).toBe(expected);
  });
});

describe('what a backend says', () => {
  it.each([
    ['input_ids [228, 3, 17,  42] has 4 of 2', 'input_ids […] has 4 of 2'],
    ['bad rows: [[228], [3], [17]]', 'bad rows: [[…]]'],
    ['ids 228|-3|17, of 2 rows', 'ids …, of 2 rows'],
  ])('is told without lists of numbers, which would be token ids: %s', async (said, told) => {
    const { message } = await failureOf(new Response(said, { status: 400 }));
    expect(message).toBe(`It answered 400: ${told}`);
  });
});
