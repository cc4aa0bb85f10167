/** A matrix whose rows are cut into blocks, each with integers of a few bits and one scale. */
export interface QuantizedBlocks {
  /** [rows, blocks, bytes of a block]; of two integers in a byte the first is the low half. The middle stands for 0. */
  bytes: Uint8Array<ArrayBuffer>;
  /** [rows, blocks] */
  scales: Float32Array<ArrayBuffer>;
}

export interface BlockSize {
  bits: 4 | 8;
  block: number;
}

/**
 * Rounds a matrix to integers of `bits` bits with one scale per `block` values of a row. The last block of a row is filled
 * up with zeros.
 */
export function quantizeBlocks(
  values: Float32Array,
  rows: number,
  { bits, block }: BlockSize,
): QuantizedBlocks {
  const columns = values.length / rows;
  const blocks = Math.ceil(columns / block);
  const bytes = new Uint8Array((rows * blocks * block * bits) / 8);
  const scales = new Float32Array(rows * blocks);
  const integers = new Uint8Array(block);
  for (let row = 0; row < rows; row++) {
    for (let index = 0; index < blocks; index++) {
      const start = row * columns + index * block;
      const values_ = values.subarray(start, Math.min(start + block, (row + 1) * columns));
      const at = row * blocks + index;
      scales[at] = roundBlock(values_, integers, bits);
      pack(integers, bits, bytes, (at * block * bits) / 8);
    }
  }
  return { bytes, scales };
}

// Where the value of largest magnitude may lie, in steps, for 4 bits: cutting it off a little often pays for the others.
const FOUR_BIT_REACHES = [-8, -9, -10];

/** Fills `integers` for a block and gives its scale: the one of least squared error of those tried. */
function roundBlock(values: Float32Array, integers: Uint8Array, bits: 4 | 8): number {
  const middle = 1 << (bits - 1);
  integers.fill(middle);
  let extreme = 0;
  for (let i = 0; i < values.length; i++) {
    if (Math.abs(values[i]!) > Math.abs(extreme)) extreme = values[i]!;
  }
  if (extreme === 0) return 0;
  const perUnit = bits === 8 ? 127 / Math.abs(extreme) : bestReach(values, extreme) / extreme;
  const largest = 2 * middle - 1;
  let products = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const rounded = Math.floor(values[i]! * perUnit + middle + 0.5);
    const integer = rounded < 0 ? 0 : rounded > largest ? largest : rounded;
    integers[i] = integer;
    products += values[i]! * (integer - middle);
    squares += (integer - middle) * (integer - middle);
  }
  // For given integers the scale of least squared error.
  return products / squares;
}

/** For integers −8 … 7, what `extreme` is best scaled to. */
function bestReach(values: Float32Array, extreme: number): number {
  let best = 0;
  let bestGain = -1;
  for (const reach of FOUR_BIT_REACHES) {
    const perUnit = reach / extreme;
    let products = 0;
    let squares = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      // Truncated, and so rounded: the sum is positive unless it is cut off anyway.
      let integer = ((value * perUnit + 8.5) | 0) - 8;
      integer = integer < -8 ? -8 : integer > 7 ? 7 : integer;
      products += value * integer;
      squares += integer * integer;
    }
    // With the best scale for these integers, Σ products² / Σ squares of the values' squares is kept.
    const gain = (products * products) / squares;
    if (gain > bestGain) {
      bestGain = gain;
      best = reach;
    }
  }
  return best;
}

function pack(integers: Uint8Array, bits: 4 | 8, bytes: Uint8Array, offset: number): void {
  if (bits === 8) {
    bytes.set(integers, offset);
    return;
  }
  for (let i = 0; i < integers.length; i += 2) bytes[offset + i / 2] = integers[i]! | (integers[i + 1]! << 4);
}
