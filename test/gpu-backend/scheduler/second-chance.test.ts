import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../gpu-backend/protocol/backend-error.ts';
import { WorkerLostError } from '../../../gpu-backend/runtime/inference-worker.ts';
import { refusalAfter, type Unanswered } from '../../../gpu-backend/scheduler/second-chance.ts';

const LOST = new WorkerLostError('killed');
const FAILED = new Error('the graph did not run');
const waiting = new AbortController().signal;

/** What a request is refused with: a code, a message, or nothing. */
function refusal(
  error: Error,
  { wasAlone = false, ...request }: Partial<Unanswered> & { wasAlone?: boolean } = {},
) {
  const unanswered = { signal: waiting, deadlineMs: Infinity, losses: error === LOST ? 1 : 0, ...request };
  const refused = refusalAfter(error, unanswered, { wasAlone, nowMs: 100 });
  return refused instanceof BackendError ? refused.code : refused?.message;
}

describe('refusalAfter', () => {
  it.each<[string, string | undefined, string | undefined]>([
    ['lost once, with others', refusal(LOST), undefined],
    ['lost once, alone', refusal(LOST, { wasAlone: true }), undefined],
    ['lost twice', refusal(LOST, { wasAlone: true, losses: 2 }), 'worker_lost'],
    ['failed with others', refusal(FAILED), undefined],
    ['failed alone', refusal(FAILED, { wasAlone: true }), 'the graph did not run'],
    [
      'lost once and then failed alone',
      refusal(FAILED, { wasAlone: true, losses: 1 }),
      'the graph did not run',
    ],
    ['lost, with its client gone', refusal(LOST, { signal: AbortSignal.abort() }), 'client_gone'],
    ['lost, with its deadline passed', refusal(LOST, { deadlineMs: 100 }), 'deadline_exceeded'],
  ])('answers a request that was %s', (_, given, expected) => {
    expect(given).toBe(expected);
  });
});
