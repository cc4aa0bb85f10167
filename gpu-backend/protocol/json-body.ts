import { BackendError, invalidRequest, quoted } from './backend-error.ts';

/**
 * Reads and parses a JSON body of at most `maxBytes`. A request without a content type is taken for JSON: the
 * protocol knows nothing else here and tritonclient sends none.
 * @throws {BackendError} for another content type, a longer body, or one that is not JSON in UTF-8
 */
export async function readJsonBody(request: Request, maxBytes: number): Promise<unknown> {
  refuseOtherMedia(request.headers);
  const bytes = await readBytes(request, maxBytes);
  return parseJson(decodeUtf8(bytes));
}

function refuseOtherMedia(headers: Headers): void {
  const [mediaType = '', ...parameters] = (headers.get('content-type') ?? 'application/json').split(';');
  const charset = parameters
    .map((parameter) => /^\s*charset="?([^"\s]+)"?\s*$/i.exec(parameter)?.[1])
    .find(Boolean);
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (!/^\s*application\/([\w.-]+\+)?json\s*$/i.test(mediaType)) {
    throw unsupported(`Content-Type is ${quoted(mediaType.trim())}; this server reads application/json.`);
  }
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw unsupported(`The charset is ${quoted(charset)}; JSON is read as UTF-8.`);
  }
  if (encoding.toLowerCase() !== 'identity') {
    throw unsupported(
      `Content-Encoding is ${quoted(encoding)}; this server reads bodies that are not compressed.`,
    );
  }
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
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

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalidRequest('The body is not UTF-8.');
  }
}

function parseJson(text: string): unknown {
  if (text.trim() === '') throw invalidRequest('The body is empty; send a JSON object with "inputs".');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidRequest(`The body is not JSON: ${(error as Error).message}.`);
  }
}

function unreadable(): never {
  throw new BackendError('client_gone', 'The connection ended before the whole body had come.');
}

function tooLarge(maxBytes: number): BackendError {
  return new BackendError('body_too_large', `The body is larger than ${maxBytes} bytes.`);
}

function unsupported(message: string): BackendError {
  return new BackendError('unsupported_media_type', message);
}
