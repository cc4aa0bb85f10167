import { describe, expect, it } from 'vitest';
import type { Schema } from '../../../../edge/pages/docs/description.ts';
import {
  asksForNothing,
  boundWords,
  nestedObject,
  typeWords,
} from '../../../../edge/pages/docs/schema-words.ts';

const nothing: Schema = { type: 'null' };
const object: Schema = { type: 'object', properties: { a: { type: 'string' } } };

describe('a type, in words', () => {
  it.each<[Schema, string]>([
    [{ type: 'string' }, 'text'],
    [{ type: ['integer', 'null'] }, 'integer'],
    [
      { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }, nothing] },
      'text or list of text',
    ],
    [
      { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
      'list of (text or integer)',
    ],
    [{ enum: ['ok', 'degraded'] }, '"ok" or "degraded"'],
    [{ const: false, type: 'boolean' }, 'false'],
    [{ type: 'string', format: 'uri' }, 'text (uri)'],
    [{}, 'anything'],
    [nothing, 'null'],
  ])('%j', (schema, words) => expect(typeWords(schema)).toBe(words));
});

describe('bounds, in words', () => {
  it.each<[Schema, string]>([
    [{ type: 'integer', minimum: 1, maximum: 9 }, '1 to 9'],
    [{ type: 'number', minimum: 0 }, 'at least 0'],
    [{ type: 'string', minLength: 0, maxLength: 5 }, '0 to 5 characters'],
    [{ type: 'array', minItems: 0 }, ''],
    [{ type: 'array', minItems: 2, maxItems: 2 }, '2 entries'],
    [{ type: 'integer', default: 20 }, 'default 20'],
    [
      {
        anyOf: [
          { type: 'string', maxLength: 5 },
          { type: 'array', maxItems: 4 },
        ],
      },
      'at most 5 characters, at most 4 entries',
    ],
  ])('%j', (schema, words) => expect(boundWords(schema)).toBe(words));
});

it.each<[Schema, boolean]>([
  [nothing, true],
  [{ anyOf: [{ const: 0, type: 'number' }, nothing] }, true],
  [{ anyOf: [{ type: 'array', maxItems: 0 }, nothing] }, true],
  [{ type: ['boolean', 'null'] }, false],
  [{ type: 'string' }, false],
  [object, false],
])('knows a field that can ask for nothing: %j', (schema, expected) => {
  expect(asksForNothing(schema)).toBe(expected);
});

it('finds the object whose fields are worth showing', () => {
  expect(nestedObject({ anyOf: [{ type: 'array', items: object }, nothing] })?.properties).toEqual(
    object.properties,
  );
  expect(nestedObject({ type: 'array', items: { type: 'string' } })).toBe(null);
});
