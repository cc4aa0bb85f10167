import { writeBinary } from '../../../gpu-backend/protocol/binary-tensors.ts';
import { type Datatype, JSON_LENGTH_HEADER } from '../../../shared/inference-protocol.ts';
import type { LooseTensor } from './inference-requests.ts';

type WrittenTensor = Omit<LooseTensor, 'data'> & { data?: unknown; parameters?: object };

export interface BinaryRequest {
  body: Uint8Array<ArrayBuffer>;
  headers: Record<string, string>;
  /** How many bytes of the body are JSON. */
  jsonLength: number;
}

/** A request whose inputs of these names are binary tensors, as Triton's clients write it. */
export function binaryRequest(
  { inputs, ...rest }: { inputs: LooseTensor[] } & Record<string, unknown>,
  isBinary: (tensor: LooseTensor) => boolean = () => true,
): BinaryRequest {
  const parts: Uint8Array[] = [];
  const written = inputs.map((tensor): WrittenTensor => {
    if (!isBinary(tensor)) return tensor;
    const { data, ...form } = tensor;
    const bytes = writeBinary((data as number[]).flat(), form.datatype as Datatype);
    parts.push(bytes);
    return { ...form, parameters: { binary_data_size: bytes.length } };
  });
  return framed(JSON.stringify({ inputs: written, ...rest }), parts);
}

/** JSON and what follows it as one body. */
export function framed(json: string, parts: Uint8Array[]): BinaryRequest {
  const head = Buffer.from(json);
  return {
    body: new Uint8Array(Buffer.concat([head, ...parts])),
    headers: { 'content-type': 'application/octet-stream', [JSON_LENGTH_HEADER]: String(head.length) },
    jsonLength: head.length,
  };
}
