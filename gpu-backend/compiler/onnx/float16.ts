// Of float32's bits: 65536, the first power of two beyond float16, and 2⁻¹⁴, its smallest normal number.
const TOO_LARGE = 0x47800000;
const SMALLEST_NORMAL = 0x38800000;
const INFINITE = 0x7f800000;
// From float32's exponents to float16's.
const REBIAS = 0x38000000;

/**
 * The nearest float16 of each number, as bits; of two as near the even one. What is too large becomes infinite. (Node 22 has no
 * Float16Array.)
 */
export function toFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(values.length);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const sum = new Float32Array(1);
  const sumBits = new Uint32Array(sum.buffer);
  for (let i = 0; i < bits.length; i++) {
    const sign = (bits[i]! >>> 16) & 0x8000;
    const magnitude = bits[i]! & 0x7fffffff;
    let half: number;
    if (magnitude >= TOO_LARGE) half = magnitude > INFINITE ? 0x7e00 : 0x7c00;
    else if (magnitude >= SMALLEST_NORMAL)
      half = (magnitude + 0xfff + ((magnitude >>> 13) & 1) - REBIAS) >>> 13;
    else {
      // Next to 0.5, float32's last place is float16's smallest number: the addition itself rounds.
      sum[0] = Math.abs(values[i]!) + 0.5;
      half = sumBits[0]! - 0x3f000000;
    }
    halves[i] = sign | half;
  }
  return halves;
}
