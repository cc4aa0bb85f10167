import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arrive,
  close,
  type Decision,
  EMPTY_QUEUE,
  end,
  MAX_WAITING,
  nextDeadline,
  settle,
  type Step,
  type Turn,
  type TurnQueue,
} from '../../../edge/session/turn-queue.ts';

const LEASE = 35_000;
const turn = (id: string, fields: Partial<Turn> = {}): Turn => ({
  ...{ id, name: id, fingerprint: 'same', leaseMs: LEASE, patientUntil: null },
  ...fields,
});

/** A queue after several events, and all that was decided on the way. */
function queueAfter(...events: ((queue: TurnQueue) => Step)[]): Step {
  return events.reduce<Step>(
    ({ queue, decisions }, event) => {
      const step = event(queue);
      return { queue: step.queue, decisions: [...decisions, ...step.decisions] };
    },
    { queue: EMPTY_QUEUE, decisions: [] },
  );
}
const arrives =
  (id: string, now = 0, fields: Partial<Turn> = {}) =>
  (queue: TurnQueue) =>
    arrive(queue, turn(id, fields), now);
const kept =
  (id: string, now = 0) =>
  (queue: TurnQueue) =>
    end(queue, id, { kept: true, now });
const released =
  (id: string, now = 0) =>
  (queue: TurnQueue) =>
    end(queue, id, { kept: false, now });
const time = (now: number) => (queue: TurnQueue) => settle(queue, now);
const told = ({ decisions }: Step) => decisions.map(({ turnId, outcome }) => `${turnId} ${outcome}`);

describe('the queue of a session’s turns', () => {
  it.each<[string, ((queue: TurnQueue) => Step)[], string[]]>([
    ['starts the first turn at once', [arrives('a')], ['a started']],
    ['lets the others wait', [arrives('a'), arrives('b'), arrives('c')], ['a started']],
    [
      'starts them in the order in which they came',
      [arrives('a'), arrives('b'), arrives('c'), kept('a'), kept('b')],
      ['a started', 'b started', 'c started'],
    ],
    [
      'goes on after a turn without a reply',
      [arrives('a'), arrives('b'), released('a')],
      ['a started', 'b started'],
    ],
    [
      'passes over one whose caller has gone',
      [arrives('a'), arrives('b'), arrives('c'), released('b'), kept('a')],
      ['a started', 'c started'],
    ],
    ['starts a turn again that is asked for again', [arrives('a'), arrives('a')], ['a started', 'a started']],
    [
      'keeps the place of one that waits and is asked for again',
      [arrives('a'), arrives('b'), arrives('c'), arrives('b'), kept('a'), kept('b')],
      ['a started', 'b started', 'c started'],
    ],
    ['does not mind an end that it does not know', [arrives('a'), kept('x'), released('y')], ['a started']],
    [
      'takes a turn away that was kept too long while another waits',
      [arrives('a'), arrives('b', 10), time(LEASE - 1), time(LEASE)],
      ['a started', 'b started'],
    ],
    ['leaves a turn alone that nobody waits for', [arrives('a'), time(10 * LEASE)], ['a started']],
    [
      'takes it away as soon as somebody does',
      [arrives('a'), arrives('b', LEASE)],
      ['a started', 'b started'],
    ],
    [
      'does not let the end of a turn that was taken away end another',
      [arrives('a'), arrives('b', LEASE), kept('a', LEASE), arrives('c', LEASE)],
      ['a started', 'b started'],
    ],
    [
      'refuses who has waited long enough, and not the others',
      [arrives('a'), arrives('b', 0, { patientUntil: 100 }), arrives('c'), time(99), time(100), kept('a')],
      ['a started', 'b refused', 'c started'],
    ],
    [
      'answers a turn that was asked for twice when it is kept',
      [arrives('a', 0, { name: 'k' }), arrives('b'), arrives('c', 0, { name: 'k' }), kept('a')],
      ['a started', 'c answered', 'b started'],
    ],
    [
      'tries it again, in its place, when it was not',
      [
        arrives('a', 0, { name: 'k' }),
        arrives('b'),
        arrives('c', 0, { name: 'k' }),
        released('a'),
        kept('b'),
      ],
      ['a started', 'b started', 'c started'],
    ],
    [
      'refuses another request by the same name, wherever the first one is',
      [
        ...[arrives('a', 0, { name: 'k' }), arrives('b', 0, { name: 'k', fingerprint: 'other' })],
        ...[arrives('c', 0, { name: 'l' }), arrives('d', 0, { name: 'l', fingerprint: 'other' })],
      ],
      ['a started', 'b name_taken', 'd name_taken'],
    ],
    [
      'ends all who wait when it is closed',
      [arrives('a'), arrives('b'), arrives('c'), close],
      ['a started', 'b closed', 'c closed'],
    ],
    ['starts anew after that', [arrives('a'), close, arrives('b')], ['a started', 'b started']],
  ])('%s', (_, events, decisions) => {
    expect(told(queueAfter(...events))).toEqual(decisions);
  });

  describe('that is full', () => {
    const full = Array.from({ length: MAX_WAITING + 1 }, (_, index) => arrives(`t${index}`));
    /** What a turn has to take for each before it that the refused one is told to wait so long. */
    const secondsPerTurn = (now: number, ...ended: ((queue: TurnQueue) => Step)[]) => {
      const again = ended.map((_, index) => arrives(`again${index}`, now));
      const { queue } = queueAfter(...full, ...ended, ...again);
      const [refusal] = arrive(queue, turn('x'), now).decisions;
      return refusal?.outcome === 'refused' ? refusal.retryAfterSeconds / (MAX_WAITING + 1) : null;
    };

    it('refuses, and guesses low while it knows nothing: a second a turn', () => {
      expect(secondsPerTurn(0)).toBe(1);
    });

    it.each([13_000, 1_000])('believes the first turn that ends: %i ms', (now) => {
      expect(secondsPerTurn(now, kept('t0', now))).toBe(now / 1_000);
    });

    it('follows the turns after it', () => {
      expect(secondsPerTurn(16_000, kept('t0', 13_000), kept('t1', 16_000))).toBe(13 + 0.3 * (3 - 13));
    });

    it('counts no turn that brought no reply', () => {
      expect(secondsPerTurn(13_000, released('t0', 13_000))).toBe(1);
    });
  });

  it.each<[string, ((queue: TurnQueue) => Step)[], number | null]>([
    ['nothing is under way', [], null],
    ['nobody waits', [arrives('a')], null],
    ['somebody waits for ever', [arrives('a', 5), arrives('b', 7)], 5 + LEASE],
    ['somebody is impatient', [arrives('a', 5), arrives('b', 7, { patientUntil: 100 })], 100],
  ])('knows when time alone will change it: %s', (_, events, deadline) => {
    expect(nextDeadline(queueAfter(...events).queue)).toBe(deadline);
  });
});

type Action =
  | { type: 'arrive'; name: number | null; other: boolean; patienceMs: number | null }
  | { type: 'end'; index: number; kept: boolean }
  | { type: 'wait'; ms: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    type: fc.constant('arrive' as const),
    name: fc.option(fc.nat(2)),
    other: fc.boolean(),
    patienceMs: fc.option(fc.nat(5_000)),
  }),
  fc.record({ type: fc.constant('end' as const), index: fc.nat(5), kept: fc.boolean() }),
  fc.record({ type: fc.constant('wait' as const), ms: fc.nat(20_000) }),
);

describe('a queue of turns, whatever happens', () => {
  it('tells each turn one end, starts one at a time and in order, and never has too many', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 120 }), (actions) => {
        let queue = EMPTY_QUEUE;
        let now = 0;
        let arrived = 0;
        const asked = new Map<string, Turn>();
        const fate = new Map<string, Decision['outcome']>();
        const started: number[] = [];
        const ended = new Set<string>();
        const take = (step: Step) => {
          queue = step.queue;
          for (const { turnId, outcome } of step.decisions) {
            expect(fate.has(turnId), `${turnId} is told twice`).toBe(false);
            fate.set(turnId, outcome);
            if (outcome === 'started') started.push(Number(turnId));
          }
        };
        for (const done of actions) {
          if (done.type === 'wait') {
            now += done.ms;
            take(settle(queue, now));
          }
          if (done.type === 'arrive') {
            const id = String(arrived++);
            const name = done.name === null ? id : `k${done.name}`;
            const patientUntil = done.patienceMs === null ? null : now + done.patienceMs;
            const asks = turn(id, { name, patientUntil, fingerprint: done.other ? 'other' : 'same' });
            asked.set(id, asks);
            take(arrive(queue, asks, now));
          }
          if (done.type === 'end') {
            const id = [queue.current, ...queue.waiting][done.index]?.id;
            if (id === undefined) continue;
            if (queue.waiting.some((waiting) => waiting.id === id)) ended.add(id);
            take(end(queue, id, { kept: done.kept, now }));
          }
          expect(queue.waiting.length).toBeLessThanOrEqual(MAX_WAITING);
          // Somebody waits only where somebody is before.
          expect(queue.waiting.length > 0 && queue.current === null).toBe(false);
          // Each turn waits, or was told its fate, or has left.
          for (const id of asked.keys()) {
            const waits = queue.waiting.some((waiting) => waiting.id === id);
            expect([waits, fate.has(id), ended.has(id)].filter(Boolean), id).toHaveLength(1);
          }
        }
        expect(started).toEqual(started.toSorted((one, other) => one - other));
      }),
      { numRuns: 500 },
    );
  });
});
