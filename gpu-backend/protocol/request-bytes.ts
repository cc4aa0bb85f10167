import { BackendError } from './backend-error.ts';

/**
 * A body of at most `maxBytes`: a longer one is given up as soon as that is known.
 * @throws {BackendError} body_too_large, or client_gone where the connection ends before it
 */
export async function readBytes(request: Request, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers.get('content-length')) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read().catch(() => unreadable())) ?? { done: true };
    if (done || value === undefined) return Buffer.concat(chunks, size);
    size += value.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(value);
  }
}

function unreadable(): never {
  throw new BackendError('client_gone', 'The connection ended before the whole body had come.');
}

function tooLarge(maxBytes: number): BackendError {
  return new BackendError('body_too_large', `The body is larger than ${maxBytes} bytes.`);
}
