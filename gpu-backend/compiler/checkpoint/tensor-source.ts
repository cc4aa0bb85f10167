/** Element types that safetensors files know, and bytes an element. */
export const ELEMENT_BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;
export type ElementName = keyof typeof ELEMENT_BYTES;

/** Element types of weights. */
export const WEIGHT_TYPES = ['F32', 'F16', 'BF16'] as const satisfies ElementName[];
export type WeightType = (typeof WEIGHT_TYPES)[number];

export const isWeightType = (type: ElementName): type is WeightType =>
  (WEIGHT_TYPES as readonly ElementName[]).includes(type);

export interface TensorInfo {
  type: ElementName;
  shape: number[];
}

/** The tensors of a checkpoint, whatever file format they lie in. */
export interface TensorSource {
  /** For messages: the file or files that hold the tensors. */
  readonly description: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Reads one tensor, row-major, as float32. The name is one of `tensors`, its type one of `WEIGHT_TYPES`. */
  read(name: string): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Stored elements as float32, which holds every value of all three types. `bytes` begin their buffer, as typed arrays ask
 * for alignment; float32 elements stay where they are.
 */
export function toFloat32(bytes: Uint8Array<ArrayBuffer>, type: WeightType): Float32Array {
  if (type === 'F32') return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  const values = new Float32Array(halves.length);
  if (type === 'F16') {
    for (let i = 0; i < halves.length; i++) values[i] = FLOAT16_VALUES[halves[i]!]!;
  } else {
    // bfloat16 is the upper half of a float32.
    const bits = new Uint32Array(values.buffer);
    for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  }
  return values;
}

// Looked up and not computed: a 3B checkpoint has three billion of them.
const FLOAT16_VALUES = Float32Array.from({ length: 1 << 16 }, (_, bits) => float16ToNumber(bits));

function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
