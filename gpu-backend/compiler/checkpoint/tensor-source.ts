/** Element types that checkpoints are stored in, and bytes an element. */
export const STORED_TYPES = { F32: 4, F16: 2, BF16: 2 } as const;
export type StoredType = keyof typeof STORED_TYPES;

export interface TensorInfo {
  type: StoredType;
  shape: number[];
}

/** The tensors of a checkpoint, whatever file format they lie in. */
export interface TensorSource {
  /** For messages: the file or files that hold the tensors. */
  readonly description: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Reads one tensor, row-major, as float32. The name is one of `tensors`. */
  read(name: string): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Stored elements as float32, which holds every value of all three types. */
export function toFloat32(bytes: Uint8Array, type: StoredType): Float32Array {
  // Typed arrays need their buffer aligned; a slice starts at 0.
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  switch (type) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F16':
      return Float32Array.from(new Uint16Array(buffer), float16ToNumber);
    case 'BF16':
      // bfloat16 is the upper half of a float32.
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
  }
}

function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
