import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseInput } from '../../infra/parse-input.ts';
import { UserError } from '../../infra/user-error.ts';

const schema = z.strictObject({
  name: z.string().min(2).max(4),
  kind: z.enum(['secret', 'publishable']).default('secret'),
  ids: z.array(z.int().min(0)).min(1, 'at least one id').optional(),
});

describe('what somebody wrote', () => {
  it('is as its schema has it', () => {
    expect(parseInput(schema, { name: 'shop' })).toEqual({ name: 'shop', kind: 'secret' });
  });

  it.each<[unknown, string]>([
    [{}, 'name: it is missing'],
    [{ name: 7 }, 'name: it has to be a string'],
    [{ name: 'x' }, 'name: it has to be at least 2 characters long'],
    [{ name: 'shopping' }, 'name: it has to be at most 4 characters long'],
    [{ name: 'shop', kind: 'nope' }, 'kind: "nope" is none of secret, publishable'],
    [{ name: 'shop', colour: 'red' }, 'there is no field "colour"'],
    [{ name: 'shop', ids: [] }, 'ids: at least one id'],
    [{ name: 'shop', ids: [1, -1] }, 'ids.1: it has to be at least 0'],
    [{ name: 'shop', ids: [1.5] }, 'ids.0: it has to be an integer'],
    ['shop', 'it has to be an object'],
  ])('is refused in a sentence: %j', (value, sentence) => {
    expect(() => parseInput(schema, value)).toThrow(new UserError(sentence));
  });
});
