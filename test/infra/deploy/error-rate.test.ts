import { describe, expect, it } from 'vitest';
import { countedSince, moreErrors } from '../../../infra/deploy/error-rate.ts';

const minute = (at: number, requests: number, server_errors = 0) => ({ at, requests, server_errors });

describe('what was counted since a moment', () => {
  it('has the rest of that minute and those after it', () => {
    const then = [minute(0, 100, 1), minute(60, 30, 1)];
    const now = [minute(0, 100, 1), minute(60, 50, 4), minute(120, 40, 2)];
    expect(countedSince(then, now)).toEqual({
      before: { requests: 130, errors: 2 },
      since: { requests: 60, errors: 5 },
    });
  });

  it('is all of what there is where nothing was before', () => {
    expect(countedSince([], [minute(60, 5, 1)]).since).toEqual({ requests: 5, errors: 1 });
  });

  it('is nothing where the minute of that moment is no longer kept', () => {
    expect(countedSince([minute(60, 9, 9)], []).since).toEqual({ requests: 0, errors: 0 });
  });
});

describe('more errors', () => {
  it.each<[string, number[], number[], boolean]>([
    ['a version that fails with a tenth of the requests', [1000, 0], [100, 10], true],
    ['as many as before', [1000, 50], [1000, 50], false],
    ['few, that may be chance', [1000, 0], [20, 4], false],
    ['a rate that hardly rose', [10_000, 100], [10_000, 250], false],
    ['a rate that rose', [10_000, 100], [1000, 40], true],
    ['errors without any request before', [0, 0], [10, 10], true],
    ['no requests at all', [0, 0], [0, 0], false],
  ])('are seen for %s', (_, [requests, errors], [later, laterErrors], isSeen) => {
    const counted = {
      before: { requests: requests!, errors: errors! },
      since: { requests: later!, errors: laterErrors! },
    };
    expect(moreErrors(counted) !== undefined).toBe(isSeen);
  });

  it('are told in words', () => {
    expect(moreErrors({ before: { requests: 200, errors: 1 }, since: { requests: 50, errors: 10 } })).toBe(
      '10 of 50 requests failed (20.0 %, before 0.5 %)',
    );
  });
});
