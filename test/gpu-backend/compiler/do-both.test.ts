import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { doBoth } from '../../../gpu-backend/compiler/do-both.ts';

const fail = async () => {
  throw new Error('first');
};

it('answers what both answer', async () => {
  expect(
    await doBoth(
      undefined,
      async () => 1,
      () => sleep(5, 'two'),
    ),
  ).toEqual([1, 'two']);
});

for (const order of ['as first', 'as second']) {
  it(`stops and awaits the other where one fails ${order}`, async () => {
    let ended = false;
    const other = async (signal: AbortSignal) => {
      while (!signal.aborted) await sleep(1);
      await sleep(20);
      ended = true;
    };
    const both = order === 'as first' ? doBoth(undefined, fail, other) : doBoth(undefined, other, fail);
    await expect(both).rejects.toThrow('first');
    expect(ended).toBe(true);
  });
}

it('ends with the reason of its own signal', async () => {
  const signal = AbortSignal.abort(new Error('stop'));
  const obey = async (either: AbortSignal) => either.throwIfAborted();
  await expect(doBoth(signal, obey, obey)).rejects.toThrow('stop');
});
