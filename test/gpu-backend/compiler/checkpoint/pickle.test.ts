import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../../gpu-backend/compiler/checkpoint/checkpoint-error.ts';
import { Inert, unpickle } from '../../../../gpu-backend/compiler/checkpoint/pickle.ts';
import { torchPickleReader } from '../../../../gpu-backend/compiler/checkpoint/torch-pickle.ts';
import * as ops from './write-pickle.ts';

const read = (bytes: Buffer) => unpickle(bytes, 0, torchPickleReader('f.bin', 'refuse')).value;
const readInert = (bytes: Buffer) => unpickle(bytes, 0, torchPickleReader('f.bin', 'leave inert')).value;

const values: { name: string; operations: ops.PickleBytes[]; value: unknown }[] = [
  { name: 'None', operations: [ops.NONE], value: null },
  { name: 'a negative number', operations: [ops.int(-5)], value: -5 },
  { name: 'a long', operations: [[0x8a, 2, 0xff, 0x7f]], value: 32767 },
  { name: 'a negative long', operations: [[0x8a, 1, 0xff]], value: -1 },
  { name: 'a long of no bytes', operations: [[0x8a, 0]], value: 0 },
  {
    name: 'a long beyond a number',
    operations: [[0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]],
    value: 0x1950a86a20f9469cfc6cn,
  },
  { name: 'a float', operations: [[0x47, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0]], value: 1.5 },
  { name: 'text', operations: [ops.string('größe')], value: 'größe' },
  {
    name: 'a list',
    operations: [ops.EMPTY_LIST, ops.MARK, ops.int(1), ops.int(2), ops.APPENDS],
    value: [1, 2],
  },
  { name: 'a tuple in a tuple', operations: [ops.tuple(ops.int(1), ops.tuple())], value: [1, []] },
  {
    name: 'a dict',
    operations: [ops.EMPTY_DICT, ops.MARK, ops.string('a'), ops.int(1), ops.SETITEMS],
    value: new Map([['a', 1]]),
  },
  {
    name: 'what was stored, twice',
    operations: [ops.EMPTY_LIST, ops.string('x'), ops.put(7), ops.APPEND, ops.get(7), ops.APPEND],
    value: ['x', 'x'],
  },
  {
    name: 'an OrderedDict with attributes',
    operations: [
      ops.global('collections', 'OrderedDict'),
      ops.EMPTY_TUPLE,
      ops.REDUCE,
      ops.string('a'),
      ops.int(1),
      ops.SETITEM,
      ops.EMPTY_DICT,
      ops.BUILD,
    ],
    value: new Map([['a', 1]]),
  },
];

const refused: { name: string; operations: ops.PickleBytes[]; message: RegExp }[] = [
  {
    name: 'a global with a name without end',
    operations: [ops.global('module', 'x'.repeat(10_000))],
    message: /names a global of 10006 characters/,
  },
  {
    name: 'a function of the system',
    operations: [ops.global('os', 'system')],
    message: /refers to os\.system/,
  },
  {
    name: 'a call of a function of the system',
    operations: [ops.global('posix', 'system'), ops.tuple(ops.string('id')), ops.REDUCE],
    message: /refers to posix\.system, .*nothing was run/,
  },
  { name: 'eval', operations: [ops.global('builtins', 'eval')], message: /builtins\.eval/ },
  {
    name: 'a class hidden below torch',
    operations: [ops.global('torch.hub', 'load')],
    message: /torch\.hub\.load/,
  },
  {
    name: 'a global with its name on the stack',
    operations: [ops.string('os'), ops.string('system'), [0x93]],
    message: /os\.system/,
  },
  {
    name: 'the constructor of a prototype',
    operations: [ops.global('constructor', 'constructor')],
    message: /constructor\.constructor/,
  },
  {
    name: 'a storage that is called',
    operations: [ops.global('torch', 'FloatStorage'), ops.EMPTY_TUPLE, ops.REDUCE],
    message: /calls torch\.FloatStorage/,
  },
  {
    name: 'a number that is called',
    operations: [ops.int(1), ops.EMPTY_TUPLE, ops.REDUCE],
    message: /calls what is no function/,
  },
  {
    name: 'an instance by its old operation',
    operations: [ops.MARK, [0x69]],
    message: /operation 0x69 at byte 3/,
  },
  { name: 'text longer than the file', operations: [[0x58, 0xff, 0xff, 0xff, 0xff]], message: /truncated/ },
  {
    name: 'a number as long as the file allows',
    operations: [[0x8b, 0xff, 0xff, 0xff, 0x7f]],
    message: /operation 0x8b/,
  },
  { name: 'a pop of nothing', operations: [ops.POP], message: /malformed/ },
  { name: 'an append to nothing', operations: [ops.int(1), ops.APPEND], message: /malformed/ },
  { name: 'a pop below a mark', operations: [ops.int(1), ops.MARK, ops.POP], message: /malformed/ },
  { name: 'a tuple without its mark', operations: [ops.TUPLE], message: /malformed/ },
  { name: 'what was never stored', operations: [ops.get(3)], message: /never stored/ },
  {
    name: 'a key without a value',
    operations: [ops.EMPTY_DICT, ops.MARK, ops.string('a'), ops.SETITEMS],
    message: /malformed/,
  },
  {
    name: 'a name twice',
    operations: [
      ops.EMPTY_DICT,
      ops.MARK,
      ops.string('a'),
      ops.int(1),
      ops.string('a'),
      ops.int(2),
      ops.SETITEMS,
    ],
    message: /holds a twice/,
  },
  {
    name: 'attributes of a list',
    operations: [ops.EMPTY_LIST, ops.EMPTY_DICT, ops.BUILD],
    message: /gives attributes/,
  },
  {
    name: 'a tensor that lies outside its storage',
    operations: [
      ops.tensor(ops.storage('FloatStorage', '0', 4), { offset: 1, shape: [2, 2], strides: [2, 1] }),
    ],
    message: /a tensor \[2,2\] lies outside its storage 0 of 4 elements/,
  },
  {
    name: 'a tensor that promises more elements than its storage holds',
    operations: [ops.tensor(ops.storage('FloatStorage', '0', 1), { offset: 0, shape: [1e9], strides: [0] })],
    message: /a tensor \[1000000000\] lies outside its storage/,
  },
  {
    name: 'a tensor with a negative stride',
    operations: [ops.tensor(ops.storage('FloatStorage', '0', 4), { offset: 3, shape: [4], strides: [-1] })],
    message: /tensor in its pickle is malformed/,
  },
  {
    name: 'a tensor without a storage',
    operations: [ops.tensor(ops.NONE, { offset: 0, shape: [1], strides: [1] })],
    message: /tensor in its pickle is malformed/,
  },
  {
    name: 'a storage of complex numbers',
    operations: [ops.storage('ComplexFloatStorage', '0', 4)],
    message: /torch\.ComplexFloatStorage/,
  },
  {
    name: 'a storage of two types',
    operations: [ops.storage('FloatStorage', '0', 4), ops.storage('HalfStorage', '0', 4)],
    message: /describes storage 0 in two ways/,
  },
  {
    name: 'a persistent id of another kind',
    operations: [ops.string('x'), ops.PERSISTENT_ID],
    message: /storage in its pickle is malformed/,
  },
];

describe('unpickle', () => {
  for (const { name, operations, value } of values) {
    it(`reads ${name}`, () => expect(read(ops.pickle(...operations))).toEqual(value));
  }

  for (const { name, operations, message } of refused) {
    it(`refuses ${name} in one line`, () => {
      const failure = catchError(() => read(ops.pickle(...operations)));
      expect(failure).toBeInstanceOf(CheckpointError);
      expect(failure.message).toMatch(/^f\.bin: /);
      expect(failure.message).toMatch(message);
      expect(failure.message).not.toContain('\n');
    });
  }

  it('leaves prototypes alone, whatever keys and names a pickle has', () => {
    const state = ops.pickle(
      ops.EMPTY_DICT,
      ops.MARK,
      ...['__proto__', 'constructor', 'toString'].map((key) => [
        ...ops.string(key),
        ...ops.string('polluted'),
      ]),
      ops.SETITEMS,
    );
    expect(read(state)).toEqual(
      new Map([
        ['__proto__', 'polluted'],
        ['constructor', 'polluted'],
        ['toString', 'polluted'],
      ]),
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.prototype.toString.call({})).toBe('[object Object]');
  });

  it('leaves unknown objects inert where it is told to, with all that is done to them', () => {
    const value = readInert(
      ops.pickle(
        ops.EMPTY_DICT,
        ops.string('scaler'),
        [...ops.global('parlai.utils.fp16', 'DynamicLossScaler'), ...ops.EMPTY_TUPLE, ...ops.NEWOBJ],
        [...ops.EMPTY_DICT, ...ops.BUILD],
        ops.SETITEM,
      ),
    );
    expect(value).toEqual(new Map([['scaler', new Inert('parlai.utils.fp16.DynamicLossScaler')]]));
  });

  it('bounds what few bytes can make', () => {
    const lists = Buffer.concat([Buffer.from(ops.PROTO), Buffer.alloc(4_000_000, ops.EMPTY_LIST[0])]);
    expect(catchError(() => read(lists)).message).toMatch(/more than 1000000 operations/);
    // Lists in lists, deeper than any stack, and one list in itself.
    const deep = [
      ops.EMPTY_LIST,
      Array(200_000)
        .fill([...ops.EMPTY_LIST])
        .flat(),
      Array(200_000).fill(ops.APPEND[0]),
    ];
    expect(read(ops.pickle(...deep))).toBeInstanceOf(Array);
    const itself = read(ops.pickle(ops.EMPTY_LIST, ops.put(0), ops.get(0), ops.APPEND)) as unknown[];
    expect(itself[0]).toBe(itself);
  });

  it('takes time in proportion to the bytes', () => {
    const many = (count: number) =>
      ops.pickle(ops.EMPTY_LIST, ops.MARK, Array(count).fill(ops.string('abc')).flat(), ops.APPENDS);
    const seconds = (bytes: Buffer) => {
      const started = performance.now();
      read(bytes);
      return performance.now() - started;
    };
    const [small, large] = [many(10_000), many(400_000)];
    seconds(small);
    // Forty times the bytes: quadratic would be 1600 times the time. Generous, as the machine is shared.
    expect(seconds(large)).toBeLessThan(Math.max(300 * seconds(small), 2_000));
  });

  const operation = fc.oneof(
    fc.constantFrom(
      ...[
        ops.MARK,
        ops.EMPTY_DICT,
        ops.EMPTY_LIST,
        ops.EMPTY_TUPLE,
        ops.SETITEM,
        ops.SETITEMS,
        ops.APPEND,
        ops.APPENDS,
      ],
      ...[
        ops.TUPLE,
        ops.REDUCE,
        ops.NEWOBJ,
        ops.BUILD,
        ops.PERSISTENT_ID,
        ops.NONE,
        ops.TRUE,
        ops.POP,
        ops.DUP,
        ops.STOP,
      ],
      ...[ops.global('collections', 'OrderedDict'), ops.global('torch._utils', '_rebuild_tensor_v2')],
      ...[
        ops.global('torch._utils', '_rebuild_parameter'),
        ops.global('torch', 'Size'),
        ops.global('os', 'system'),
      ],
      ...[ops.string('storage'), ops.string('0'), [0x93], [0x94], [0x85], [0x86], [0x87]],
      ops.storage('FloatStorage', '0', 4),
      ops.tensor(ops.storage('FloatStorage', '0', 4), { offset: 0, shape: [4], strides: [1] }),
    ),
    fc.integer({ min: -3, max: 3 }).map(ops.int),
    fc.nat(3).map(ops.put),
    fc.nat(3).map(ops.get),
    fc.uint8Array({ maxLength: 3 }).map((bytes) => [...bytes]),
  );

  it('answers any stream of operations with a value or a CheckpointError', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
        const bytes = ops.pickle(...operations);
        for (const reader of [read, readInert]) {
          const failure = catchError(() => reader(bytes));
          if (failure !== undefined) expect(failure).toBeInstanceOf(CheckpointError);
        }
      }),
      { numRuns: 3000 },
    );
    expect(({} as Record<string, unknown>)['0']).toBeUndefined();
  });
});

// biome-ignore lint/suspicious/noExplicitAny: whatever is thrown is looked at.
function catchError(run: () => unknown): any {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}
