import { open } from 'node:fs/promises';
import type { TensorData } from './messages.ts';

/** Bytes of one tensor, made only when they are written: a checkpoint does not fit into memory twice. */
export interface PendingData {
  bytes: number;
  load: () => Promise<Uint8Array>;
}

// Large tensors start on a page, so that the runtime can map them; small ones on a cache line.
const PAGE = 4096;
const CACHE_LINE = 64;

/** The external data file of an ONNX model: places are given out while the graph is built, bytes written after. */
export class ExternalDataFile {
  readonly #location: string;
  readonly #pending: (PendingData & { offset: number })[] = [];
  #end = 0;

  /** @param location the file's name beside the `.onnx` file */
  constructor(location: string) {
    this.#location = location;
  }

  place(data: PendingData): TensorData {
    const alignment = data.bytes >= PAGE ? PAGE : CACHE_LINE;
    const offset = Math.ceil(this.#end / alignment) * alignment;
    this.#end = offset + data.bytes;
    this.#pending.push({ ...data, offset });
    return { location: this.#location, offset, length: data.bytes };
  }

  /** Writes the tensors in the order of their places, one in memory at a time. */
  async write(path: string, onProgress: (written: number, total: number) => void): Promise<void> {
    const file = await open(path, 'w');
    try {
      for (const { load, offset, bytes } of this.#pending) {
        const data = await load();
        if (data.byteLength !== bytes)
          throw new Error(`${data.byteLength} bytes for a place of ${bytes}. This is a bug.`);
        for (let done = 0; done < bytes; ) {
          done += (await file.write(data, done, Math.min(bytes - done, 1 << 28), offset + done)).bytesWritten;
        }
        onProgress(offset + bytes, this.#end);
      }
    } finally {
      await file.close();
    }
  }
}
