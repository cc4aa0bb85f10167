import { describe, expect, it } from 'vitest';
import {
  afterAttempt,
  type Delivery,
  failed,
  isGivenUp,
  newDelivery,
  type Outcome,
  replayed,
} from '../../../../edge/webhooks/outbound/delivery.ts';
import { createEvent, eventBody, isEventId } from '../../../../edge/webhooks/outbound/events.ts';
import { STANDARD_DELAYS_SECONDS as delaysSeconds } from '../../../../edge/webhooks/outbound/schedule.ts';

const T = Date.parse('2026-11-23T12:00:00Z');
const DAY = 86_400_000;
const event = createEvent('message.replied', { session_id: 'sess_1', message_id: 'msg_1' }, T);
const delivery = newDelivery({ event, callbackUrl: null }, T);

const outcome = (fields: Partial<Outcome>): Outcome => ({
  ...{ at: T, ms: 5, status: null, error: null, response: '', retryAfterSeconds: null },
  ...fields,
});
const attempted = (from: Delivery, fields: Partial<Outcome>, now = T) =>
  afterAttempt(from, outcome({ at: now, ...fields }), { now, random: 0, delaysSeconds });

/** A delivery whose every attempt fails, each as soon as it may be made. */
function exhausted(): Delivery {
  let tried = delivery;
  while (tried.status === 'pending') tried = attempted(tried, { status: 500 }, tried.wakeAt);
  return tried;
}

describe('an attempt', () => {
  it.each([200, 201, 204, 299])(
    'has delivered where the answer is %i; it is kept for three days',
    (status) => {
      expect(attempted(delivery, { status })).toMatchObject({ status: 'delivered', wakeAt: T + 3 * DAY });
    },
  );

  it.each([null, 100, 301, 302, 307, 308, 400, 401, 404, 429, 500, 503])('has failed with %j', (status) => {
    expect(attempted(delivery, { status })).toMatchObject({ status: 'pending', wakeAt: T + 5_000 });
  });

  it('is repeated when the receiver asks for it, where that is later', () => {
    expect(attempted(delivery, { status: 503, retryAfterSeconds: 60 }).wakeAt).toBe(T + 60_000);
    expect(attempted(delivery, { status: 503, retryAfterSeconds: 1 }).wakeAt).toBe(T + 5_000);
  });

  it('is the last where the receiver is gone', () => {
    expect(attempted(delivery, { status: 410 })).toMatchObject({ status: 'failed', failure: 'gone' });
  });

  it('is made ten times, and then the delivery is a dead letter for 30 days', () => {
    const letter = exhausted();
    expect(letter.attempts).toHaveLength(10);
    expect(letter).toMatchObject({ status: 'failed', failure: 'attempts' });
    const last = letter.attempts.at(-1)!;
    expect(letter.wakeAt).toBe(last.at + 30 * DAY);
    expect((last.at - T) / 3_600_000).toBeCloseTo(75.58, 1);
  });
});

describe('a dead letter', () => {
  it('is sent anew from the beginning of the schedule, with the same id', () => {
    const again = replayed(exhausted(), T + 4 * DAY);
    expect(again).toMatchObject({ event, status: 'pending', failure: null, wakeAt: T + 4 * DAY });
    expect(attempted(again, { status: 500 }, T + 4 * DAY).wakeAt).toBe(T + 4 * DAY + 5_000);
  });

  it('keeps its newest twenty attempts', () => {
    let letter = exhausted();
    for (let times = 0; times < 3; times++) {
      letter = replayed(letter, letter.wakeAt);
      while (letter.status === 'pending') letter = attempted(letter, { status: 500 }, letter.wakeAt);
    }
    expect(letter.attempts).toHaveLength(20);
  });
});

describe('a webhook', () => {
  it('is given up where nothing got through in the whole time of a dead letter', () => {
    const letter = exhausted();
    expect(isGivenUp(letter, T)).toBe(true);
    expect(isGivenUp(letter, T - DAY)).toBe(true);
  });

  it('is not where something else got through meanwhile, nor before the schedule ends', () => {
    expect(isGivenUp(exhausted(), T + DAY)).toBe(false);
    expect(isGivenUp(exhausted(), null)).toBe(false);
    expect(isGivenUp(attempted(delivery, { status: 500 }), T)).toBe(false);
    expect(isGivenUp(failed(delivery, 'erased', T), T)).toBe(false);
  });
});

describe('an event', () => {
  it('is told by its type, its time and ids, in a form with a version', () => {
    expect(JSON.parse(eventBody(event))).toEqual({
      type: 'message.replied',
      timestamp: '2026-11-23T12:00:00.000Z',
      version: 1,
      data: { session_id: 'sess_1', message_id: 'msg_1' },
    });
  });

  it('has an id that sorts by time and holds nothing that could end a signature’s part', () => {
    const ids = [0, 1, 1_000, T, T + 1, 2 ** 47].map((at) => createEvent('session.created', {}, at).id);
    expect(ids.toSorted()).toEqual(ids);
    for (const id of ids) {
      expect(isEventId(id), id).toBe(true);
      expect(id).not.toContain('.');
    }
    expect(isEventId('evt_1')).toBe(false);
  });
});
