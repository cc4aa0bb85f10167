import { type InferenceResponse, JSON_LENGTH_HEADER } from '../../shared/inference-protocol.ts';
import { invalidRequest, quoted } from './backend-error.ts';
import { writeBinary } from './binary-tensors.ts';
import { parseJson, readJsonBody, refuseOtherMedia } from './json-body.ts';
import { readBytes } from './request-bytes.ts';
import type { InferenceBody } from './request-envelope.ts';

const BINARY_MEDIA = 'application/octet-stream';

/**
 * A body of at most `maxBytes`: JSON, or where the header says how long its JSON is, JSON and binary tensors behind it.
 * @throws {BackendError} for another content type, a body too long, or JSON that is not there
 */
export async function readInferenceBody(request: Request, maxBytes: number): Promise<InferenceBody> {
  const header = request.headers.get(JSON_LENGTH_HEADER);
  if (header === null) return { json: await readJsonBody(request, maxBytes) };
  refuseOtherMedia(request.headers, [BINARY_MEDIA]);
  const length = /^\d{1,15}$/.test(header) ? Number(header) : undefined;
  if (length === undefined) {
    throw invalidRequest(`${JSON_LENGTH_HEADER} is ${quoted(header)}; it must be a number of bytes.`);
  }
  const bytes = await readBytes(request, maxBytes);
  if (length > bytes.length) {
    throw invalidRequest(`${JSON_LENGTH_HEADER} is ${length}, but the body has ${bytes.length} bytes.`);
  }
  return { json: parseJson(bytes.subarray(0, length)), binary: bytes.subarray(length) };
}

/** An answer as JSON, with the outputs of these names as binary tensors behind it. */
export function inferenceResponse(
  { outputs, ...response }: InferenceResponse,
  binaryOutputs: readonly string[],
): Response {
  if (binaryOutputs.length === 0) return Response.json({ ...response, outputs });
  const binary: Uint8Array[] = [];
  const written = outputs.map(({ data, ...tensor }) => {
    if (!binaryOutputs.includes(tensor.name)) return { ...tensor, data };
    const bytes = writeBinary(data, tensor.datatype);
    binary.push(bytes);
    return { ...tensor, parameters: { binary_data_size: bytes.length } };
  });
  const json = Buffer.from(JSON.stringify({ ...response, outputs: written }));
  return new Response(Buffer.concat([json, ...binary]), {
    headers: { 'Content-Type': BINARY_MEDIA, [JSON_LENGTH_HEADER]: String(json.length) },
  });
}
