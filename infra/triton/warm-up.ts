import { batchTensors } from '../../shared/generation-batch.ts';
import { NO_TOKEN } from '../../shared/generation-tensors.ts';
import type { Tensor } from '../../shared/inference-protocol.ts';
import type { ModelConfig } from '../../shared/model-config.ts';
import { warmUpRow } from '../../gpu-backend/runtime/warm-up-row.ts';

/** The tensors of one short reply. Triton's warm-up takes none without elements: a list that is empty has one that means nothing. */
export function warmUpTensors(model: ModelConfig): Tensor[] {
  return batchTensors([warmUpRow(model)], model.tokens.pad).map((tensor) => {
    if (!tensor.shape.includes(0)) return tensor;
    const shape = tensor.shape.map((size) => Math.max(size, 1));
    const filler = tensor.datatype === 'INT64' ? NO_TOKEN : 0;
    const elements = shape.reduce((product, size) => product * size, 1);
    return { ...tensor, shape, data: new Array<number>(elements).fill(filler) };
  });
}

/** A tensor's elements one after the other, little-endian, as Triton reads them from a file. */
export function tensorBytes({ datatype, data }: Tensor): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(data.length * (datatype === 'INT64' ? 8 : 4)));
  for (const [index, value] of data.entries()) {
    if (datatype === 'INT64') bytes.setBigInt64(index * 8, BigInt(value), true);
    else bytes.setFloat32(index * 4, value, true);
  }
  return new Uint8Array(bytes.buffer);
}
