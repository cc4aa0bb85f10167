import { CheckpointError } from './checkpoint-error.ts';

/**
 * A restricted reader of Python's pickle format, as far as PyTorch's files use it: protocol 2 and the shorter forms of
 * protocol 4. It makes strings, numbers, lists (arrays; tuples too), dicts (`Map`) and whatever the caller's globals make.
 * It can call nothing else, and what it allocates is bounded by the bytes and operations that it has read.
 * Source: Python's Lib/pickletools.py.
 */

/** A class or function that a pickle refers to. */
export interface PickleGlobal {
  name: string;
  /** What a call of it makes; left out where it only stands for something. */
  call?: (args: unknown[]) => unknown;
}

/** What stands in the place of everything that is not rebuilt: only a name. Nothing was run to make it. */
export class Inert {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

export interface PickleReader {
  /** For messages: the file. */
  file: string;
  /** The global of that name ("module.name"), or an `Inert`. Throws to refuse it. */
  findGlobal: (name: string) => PickleGlobal | Inert;
  /** What a persistent id stands for. */
  loadPersistent: (id: unknown) => unknown;
}

/** The bytes end before the pickle does. */
export class UnfinishedPickle extends CheckpointError {
  constructor(file: string) {
    super(file, 'truncated: its pickle has no end');
  }
}

// A 3B checkpoint's has some fifty thousand; an object costs a few hundred bytes.
const MAX_OPERATIONS = 1_000_000;
// Of a global, module and name together.
const LONGEST_NAME = 300;

/**
 * Reads the pickle that begins at `start`.
 * @throws {UnfinishedPickle} where `bytes` hold only its beginning
 * @throws {CheckpointError} for anything that is no pickle, or asks for what is not known here
 */
export function unpickle(
  bytes: Buffer,
  start: number,
  reader: PickleReader,
): { value: unknown; end: number } {
  const machine = new PickleMachine(bytes, start, reader);
  for (let operations = 0; operations < MAX_OPERATIONS; operations++) {
    if (machine.step()) return machine.finish();
  }
  throw new CheckpointError(reader.file, `its pickle has more than ${MAX_OPERATIONS} operations`);
}

const OPCODES = {
  MARK: 0x28,
  EMPTY_TUPLE: 0x29,
  STOP: 0x2e,
  POP: 0x30,
  POP_MARK: 0x31,
  DUP: 0x32,
  BINBYTES: 0x42,
  SHORT_BINBYTES: 0x43,
  BINFLOAT: 0x47,
  BININT: 0x4a,
  BININT1: 0x4b,
  BININT2: 0x4d,
  NONE: 0x4e,
  BINPERSID: 0x51,
  REDUCE: 0x52,
  BINSTRING: 0x54,
  SHORT_BINSTRING: 0x55,
  BINUNICODE: 0x58,
  EMPTY_LIST: 0x5d,
  APPEND: 0x61,
  BUILD: 0x62,
  GLOBAL: 0x63,
  APPENDS: 0x65,
  BINGET: 0x68,
  LONG_BINGET: 0x6a,
  BINPUT: 0x71,
  LONG_BINPUT: 0x72,
  SETITEM: 0x73,
  TUPLE: 0x74,
  SETITEMS: 0x75,
  EMPTY_DICT: 0x7d,
  PROTO: 0x80,
  NEWOBJ: 0x81,
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  TUPLE3: 0x87,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  LONG1: 0x8a,
  SHORT_BINUNICODE: 0x8c,
  STACK_GLOBAL: 0x93,
  MEMOIZE: 0x94,
  FRAME: 0x95,
} as const;

class PickleMachine {
  readonly #bytes: Buffer;
  readonly #reader: PickleReader;
  readonly #memo = new Map<number, unknown>();
  readonly #stack: unknown[] = [];
  /** The stack's height at each open mark: nothing below the last one is popped. */
  readonly #marks: number[] = [];
  #position: number;

  constructor(bytes: Buffer, start: number, reader: PickleReader) {
    this.#bytes = bytes;
    this.#position = start;
    this.#reader = reader;
  }

  finish(): { value: unknown; end: number } {
    return { value: this.#pop(), end: this.#position };
  }

  /** Does one operation; true at the last. */
  step(): boolean {
    const at = this.#position;
    const opcode = this.#uint8();
    switch (opcode) {
      case OPCODES.PROTO:
        this.#skip(1);
        break;
      case OPCODES.FRAME:
        this.#skip(8);
        break;
      case OPCODES.STOP:
        return true;

      case OPCODES.NONE:
        this.#stack.push(null);
        break;
      case OPCODES.NEWTRUE:
        this.#stack.push(true);
        break;
      case OPCODES.NEWFALSE:
        this.#stack.push(false);
        break;
      case OPCODES.BININT:
        this.#stack.push(this.#bytes.readInt32LE(this.#skip(4)));
        break;
      case OPCODES.BININT1:
        this.#stack.push(this.#uint8());
        break;
      case OPCODES.BININT2:
        this.#stack.push(this.#bytes.readUInt16LE(this.#skip(2)));
        break;
      case OPCODES.LONG1:
        this.#stack.push(integer(this.#take(this.#uint8())));
        break;
      case OPCODES.BINFLOAT:
        this.#stack.push(this.#bytes.readDoubleBE(this.#skip(8)));
        break;
      case OPCODES.SHORT_BINSTRING:
        this.#stack.push(this.#take(this.#uint8()).toString('latin1'));
        break;
      case OPCODES.BINSTRING:
        this.#stack.push(this.#take(this.#uint32()).toString('latin1'));
        break;
      case OPCODES.SHORT_BINUNICODE:
        this.#stack.push(this.#take(this.#uint8()).toString('utf8'));
        break;
      case OPCODES.BINUNICODE:
        this.#stack.push(this.#take(this.#uint32()).toString('utf8'));
        break;
      case OPCODES.SHORT_BINBYTES:
        this.#stack.push(this.#take(this.#uint8()));
        break;
      case OPCODES.BINBYTES:
        this.#stack.push(this.#take(this.#uint32()));
        break;

      case OPCODES.EMPTY_LIST:
      case OPCODES.EMPTY_TUPLE:
        this.#stack.push([]);
        break;
      case OPCODES.EMPTY_DICT:
        this.#stack.push(new Map());
        break;
      case OPCODES.TUPLE:
        this.#stack.push(this.#popToMark());
        break;
      case OPCODES.TUPLE1:
      case OPCODES.TUPLE2:
      case OPCODES.TUPLE3:
        this.#stack.push(this.#popMany(opcode - OPCODES.TUPLE1 + 1));
        break;
      case OPCODES.APPEND:
        this.#append(this.#popMany(1));
        break;
      case OPCODES.APPENDS:
        this.#append(this.#popToMark());
        break;
      case OPCODES.SETITEM:
        this.#setItems(this.#popMany(2));
        break;
      case OPCODES.SETITEMS:
        this.#setItems(this.#popToMark());
        break;

      case OPCODES.MARK:
        this.#marks.push(this.#stack.length);
        break;
      case OPCODES.POP:
        this.#pop();
        break;
      case OPCODES.POP_MARK:
        this.#popToMark();
        break;
      case OPCODES.DUP:
        this.#stack.push(this.#top());
        break;
      case OPCODES.BINPUT:
        this.#memo.set(this.#uint8(), this.#top());
        break;
      case OPCODES.LONG_BINPUT:
        this.#memo.set(this.#uint32(), this.#top());
        break;
      case OPCODES.MEMOIZE:
        this.#memo.set(this.#memo.size, this.#top());
        break;
      case OPCODES.BINGET:
        this.#get(this.#uint8());
        break;
      case OPCODES.LONG_BINGET:
        this.#get(this.#uint32());
        break;

      case OPCODES.GLOBAL:
        this.#pushGlobal([this.#line(), this.#line()]);
        break;
      case OPCODES.STACK_GLOBAL:
        this.#pushGlobal(this.#popMany(2));
        break;
      case OPCODES.REDUCE:
      case OPCODES.NEWOBJ:
        this.#call(this.#popMany(2));
        break;
      case OPCODES.BUILD:
        this.#build(this.#popMany(2));
        break;
      case OPCODES.BINPERSID:
        this.#stack.push(this.#reader.loadPersistent(this.#pop()));
        break;
      default:
        throw this.#refusal(
          `operation 0x${opcode.toString(16)} at byte ${at} of its pickle is not known here`,
        );
    }
    return false;
  }

  #pushGlobal([module, name]: unknown[]): void {
    if (typeof module !== 'string' || typeof name !== 'string')
      throw this.#refusal('its pickle is malformed');
    // Both may be memoised strings of any length, of which five bytes could ask for another joined one.
    if (module.length + name.length > LONGEST_NAME)
      throw this.#refusal(`its pickle names a global of ${module.length + name.length} characters`);
    this.#stack.push(this.#reader.findGlobal(`${module}.${name}`));
  }

  #call([callee, args]: unknown[]): void {
    if (callee instanceof Inert) {
      this.#stack.push(callee);
      return;
    }
    const { name, call } = Object(callee) as Partial<PickleGlobal>;
    if (call === undefined || !Array.isArray(args))
      throw this.#refusal(`its pickle calls ${name ?? 'what is no function'}`);
    this.#stack.push(call(args));
  }

  /** Attributes of an object. A state dict has some (`_metadata`), which nothing here reads. */
  #build([target, _attributes]: unknown[]): void {
    if (!(target instanceof Map || target instanceof Inert))
      throw this.#refusal('its pickle gives attributes to what has none');
    this.#stack.push(target);
  }

  #append(items: unknown[]): void {
    const list = this.#top();
    if (list instanceof Inert) return;
    if (!Array.isArray(list)) throw this.#refusal('its pickle appends to what is no list');
    for (const item of items) list.push(item);
  }

  #setItems(keysAndValues: unknown[]): void {
    const dict = this.#top();
    if (dict instanceof Inert) return;
    if (!(dict instanceof Map) || keysAndValues.length % 2 !== 0)
      throw this.#refusal('its pickle is malformed');
    for (let i = 0; i < keysAndValues.length; i += 2) {
      const key = keysAndValues[i];
      // Python's own writer never does this; which of the two is meant?
      if (dict.has(key)) throw this.#refusal(`it holds ${typeof key === 'string' ? key : 'a key'} twice`);
      dict.set(key, keysAndValues[i + 1]);
    }
  }

  #get(index: number): void {
    if (!this.#memo.has(index)) throw this.#refusal('its pickle refers to what it never stored');
    this.#stack.push(this.#memo.get(index));
  }

  #top(): unknown {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) throw this.#refusal('its pickle is malformed');
    return this.#stack.at(-1);
  }

  #pop(): unknown {
    this.#top();
    return this.#stack.pop();
  }

  #popMany(count: number): unknown[] {
    const height = this.#stack.length - count;
    if (height < (this.#marks.at(-1) ?? 0)) throw this.#refusal('its pickle is malformed');
    return this.#stack.splice(height);
  }

  #popToMark(): unknown[] {
    const height = this.#marks.pop();
    if (height === undefined) throw this.#refusal('its pickle is malformed');
    return this.#stack.splice(height);
  }

  #uint8(): number {
    return this.#bytes[this.#skip(1)]!;
  }

  #uint32(): number {
    return this.#bytes.readUInt32LE(this.#skip(4));
  }

  #take(length: number): Buffer {
    const start = this.#skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#position);
    if (end < 0) throw new UnfinishedPickle(this.#reader.file);
    const line = this.#bytes.toString('utf8', this.#position, end);
    this.#position = end + 1;
    return line;
  }

  /** Moves past `length` bytes and answers where they begin. */
  #skip(length: number): number {
    const start = this.#position;
    if (start + length > this.#bytes.length) throw new UnfinishedPickle(this.#reader.file);
    this.#position += length;
    return start;
  }

  #refusal(cause: string): CheckpointError {
    return new CheckpointError(this.#reader.file, cause);
  }
}

/** A signed little-endian integer; one that a number cannot hold exactly stays a bigint. */
function integer(bytes: Buffer): number | bigint {
  if (bytes.length === 0) return 0;
  const value = BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`));
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
