import { describe, expect, it } from 'vitest';
import { TurnLine } from '../../../edge/session/turn-line.ts';

const turn = (id: string, more: { name?: string; patientUntil?: number } = {}) => ({
  ...{ id, name: id, fingerprint: 'f', leaseMs: 60_000, patientUntil: null },
  ...more,
});

function aLine() {
  let unawaited = 0;
  const line = new TurnLine({
    now: () => Date.now(),
    onUnawaited: () => {
      unawaited += 1;
    },
  });
  return { line, unawaited: () => unawaited };
}

describe('a line of turns', () => {
  it('tells each caller when it is their turn, in the order in which they came', async () => {
    const { line, unawaited } = aLine();
    expect(await line.take(turn('a'))).toEqual({ turnId: 'a', outcome: 'started' });
    const second = line.take(turn('b'));
    expect([line.current?.id, line.waiting]).toEqual(['a', 1]);
    line.end('a', { kept: true });
    expect(await second).toEqual({ turnId: 'b', outcome: 'started' });
    expect([line.current?.id, line.waiting, unawaited()]).toEqual(['b', 0, 0]);
  });

  it('tells both calls of a turn that was asked for again', async () => {
    const { line } = aLine();
    await line.take(turn('a'));
    const calls = [line.take(turn('b')), line.take(turn('b'))];
    line.end('a', { kept: false });
    expect((await Promise.all(calls)).map(({ outcome }) => outcome)).toEqual(['started', 'started']);
  });

  it('answers callers of one name with the turn that was kept', async () => {
    const { line } = aLine();
    await line.take(turn('a', { name: 'k' }));
    const again = line.take(turn('b', { name: 'k' }));
    line.end('a', { kept: true });
    expect((await again).outcome).toBe('answered');
  });

  it('calls for a turn that nobody waits for once it starts', () => {
    const { line, unawaited } = aLine();
    expect(line.add(turn('a'))).toEqual({ turnId: 'a', outcome: 'started' });
    expect(line.add(turn('b'))).toBe(null);
    expect(unawaited()).toBe(1);
    line.end('a', { kept: false });
    expect([line.current?.id, unawaited()]).toEqual(['b', 2]);
  });

  it('closes what was given up, and all of it at its end', async () => {
    const { line } = aLine();
    await line.take(turn('a'));
    const [gone, last] = [line.take(turn('b')), line.take(turn('c'))];
    line.release('b');
    expect((await gone).outcome).toBe('closed');
    expect(line.waiting).toBe(1);
    line.close();
    expect((await last).outcome).toBe('closed');
    expect([line.current, line.waiting]).toEqual([null, 0]);
  });

  it('refuses by itself whoever has waited long enough', async () => {
    const { line } = aLine();
    await line.take(turn('a'));
    const impatient = line.take(turn('b', { patientUntil: Date.now() + 20 }));
    expect(await impatient).toMatchObject({ turnId: 'b', outcome: 'refused' });
    expect(line.waiting).toBe(0);
  });
});
