import { writeFile } from 'node:fs/promises';

/** A safetensors file of any header and data, honest or not. `headerBytes` replaces the header's true length. */
export async function writeSafetensors(
  path: string,
  {
    header,
    data = new Uint8Array(),
    headerBytes,
  }: { header: unknown; data?: Uint8Array; headerBytes?: bigint },
): Promise<string> {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(headerBytes ?? BigInt(json.length));
  await writeFile(path, Buffer.concat([length, json, data]));
  return path;
}
