import { describe, expect, it } from 'vitest';
import { EnumName, toTextFormat } from '../../../infra/triton/text-format.ts';

describe('a message in text format', () => {
  it('has quoted texts, bare enumerations, nested messages and lists as repeated fields', () => {
    const message = {
      name: 'a "model"',
      max_batch_size: 8,
      allow: true,
      input: [
        { name: 'x', data_type: new EnumName('TYPE_INT64'), dims: [-1, 2] },
        { name: 'y', dims: [] },
      ],
    };
    expect(toTextFormat(message)).toBe(
      [
        'name: "a \\"model\\""',
        'max_batch_size: 8',
        'allow: true',
        'input {',
        '  name: "x"',
        '  data_type: TYPE_INT64',
        '  dims: -1',
        '  dims: 2',
        '}',
        'input {',
        '  name: "y"',
        '}',
        '',
      ].join('\n'),
    );
  });
});
