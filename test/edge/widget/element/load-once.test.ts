import { expect, it } from 'vitest';
import { loadOnce } from '../../../../edge/widget/element/load-once.ts';

it('loads once for all who ask', async () => {
  let loads = 0;
  const load = loadOnce(async () => ++loads);
  expect(await Promise.all([load(), load()])).toEqual([1, 1]);
  expect(await load()).toBe(1);
});

it('loads again what could not be had, as for a button that was pointed at without a connection', async () => {
  const answers = [Promise.reject(new Error('offline')), Promise.resolve('the panel')];
  const load = loadOnce(() => answers.shift()!);
  await expect(load()).rejects.toThrow('offline');
  expect(await load()).toBe('the panel');
});
