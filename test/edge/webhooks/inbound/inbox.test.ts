import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterFailure,
  firstInLine,
  isFree,
  type Waiting,
  wakeAt,
} from '../../../../edge/webhooks/inbound/inbox.ts';

function waiting(change: Partial<Waiting> & { sequence?: number; answerableMs?: number } = {}): Waiting {
  const { sequence = 1, answerableMs, ...rest } = change;
  return {
    message: {
      ...{
        id: `m${sequence}`,
        conversation: 'c',
        place: 'c',
        person: 'p',
        text: 'hi',
        replyTo: null,
        deliveryId: 'd',
      },
      ...{ sequence, ...(answerableMs !== undefined && { answerableMs }) },
    },
    ...{ receivedAt: 0, exchange: false, reply: null, sentParts: 0, failures: 0, notBefore: 0, lease: null },
    ...rest,
  };
}

const names = (all: Waiting[]) => {
  const order: string[] = [];
  let left = all;
  for (let next = firstInLine(left); next !== null; next = firstInLine(left)) {
    order.push(next.message.id);
    left = left.filter((each) => each !== next);
  }
  return order;
};

describe('the line', () => {
  it('is in the channel’s order, whatever order messages came in', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 1 }), (sequences) => {
        const sorted = sequences.toSorted((one, other) => one - other).map((sequence) => `m${sequence}`);
        expect(names(sequences.map((sequence) => waiting({ sequence })))).toEqual(sorted);
      }),
    );
  });

  it('is headed by what has its reply, and then by who came first where the channel has no order', () => {
    expect(names([waiting({ sequence: 1 }), waiting({ sequence: 2, reply: 'yes' })])).toEqual(['m2', 'm1']);
    const twins = [waiting({ receivedAt: 2 }), waiting({ receivedAt: 1 })];
    expect(firstInLine(twins)).toBe(twins[1]);
  });

  it('waits for what somebody is at, also where something older comes behind it', () => {
    const leased = waiting({ sequence: 2, lease: { token: 't', until: 100 } });
    expect(names([waiting({ sequence: 1 }), leased, waiting({ sequence: 3, reply: 'yes' })])[0]).toBe('m2');
  });

  it('waits for who is at its head', () => {
    const leased = waiting({ lease: { token: 't', until: 100 } });
    expect([isFree(leased, 99), isFree(leased, 100)]).toEqual([false, true]);
    const later = waiting({ notBefore: 100 });
    expect([isFree(later, 99), isFree(later, 100)]).toEqual([false, true]);
  });
});

describe('after a failure', () => {
  const NO_JITTER = { now: 0, random: 0.5 };
  const delays = (from: Waiting, random = 0.5) => {
    const times: number[] = [];
    let now = 0;
    const failure = { afterSeconds: null, sentParts: 0 };
    for (let next = afterFailure(from, failure, { now, random }); next !== null; ) {
      times.push(next.notBefore - now);
      now = next.notBefore;
      next = afterFailure(next, failure, { now, random });
    }
    return times;
  };

  it('a reply is looked for again four times, a delivery made again nine times, ever later', () => {
    expect(delays(waiting())).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(delays(waiting({ reply: 'yes' }))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
    ]);
    expect(delays(waiting(), 0)).toEqual([750, 1_500, 3_000, 6_000]);
  });

  it('is tried no sooner than the channel says, and not at all where that is too late', () => {
    const failure = { afterSeconds: 30, sentParts: 2 };
    expect(afterFailure(waiting({ reply: 'yes' }), failure, NO_JITTER)).toMatchObject({
      notBefore: 30_000,
      sentParts: 2,
      lease: null,
    });
    expect(afterFailure(waiting({ answerableMs: 30_000 }), failure, NO_JITTER)).toBeNull();
    expect(afterFailure(waiting(), { ...failure, afterSeconds: 3_600 }, NO_JITTER)).toBeNull();
  });
});

describe('the alarm', () => {
  it.each([
    ['nothing waits', [], null],
    ['the queue may come', [waiting({ receivedAt: 5 })], 10_005],
    ['somebody is at it', [waiting({ lease: { token: 't', until: 50 } })], 50],
    ['it is to be tried again', [waiting({ failures: 1, notBefore: 70 }), waiting({ sequence: 2 })], 70],
  ])('is set for the right time where %s', (_, all, time) => {
    expect(wakeAt(all)).toBe(time);
  });
});
