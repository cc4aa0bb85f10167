import { BackendError, invalidRequest, quoted } from './backend-error.ts';
import { readBytes } from './request-bytes.ts';

/**
 * Reads and parses a JSON body of at most `maxBytes`. A request without a content type is taken for JSON: the
 * protocol knows nothing else here and tritonclient sends none.
 * @throws {BackendError} for another content type, a longer body, or one that is not JSON in UTF-8
 */
export async function readJsonBody(request: Request, maxBytes: number): Promise<unknown> {
  refuseOtherMedia(request.headers);
  return parseJson(await readBytes(request, maxBytes));
}

/** As `readJsonBody`, and an empty object where there is no body. */
export async function readOptionalJsonBody(request: Request, maxBytes: number): Promise<unknown> {
  refuseOtherMedia(request.headers);
  const bytes = await readBytes(request, maxBytes);
  return bytes.length === 0 ? {} : parseJson(bytes);
}

/** @param others media types besides JSON's that are read here */
export function refuseOtherMedia(headers: Headers, others: string[] = []): void {
  const [mediaType = '', ...parameters] = (headers.get('content-type') ?? 'application/json').split(';');
  const charset = parameters
    .map((parameter) => /^\s*charset="?([^"\s]+)"?\s*$/i.exec(parameter)?.[1])
    .find(Boolean);
  const encoding = headers.get('content-encoding') ?? 'identity';
  const isJson = /^\s*application\/([\w.-]+\+)?json\s*$/i.test(mediaType);
  if (!isJson && !others.includes(mediaType.trim().toLowerCase())) {
    const known = ['application/json', ...others].join(' and ');
    throw unsupported(`Content-Type is ${quoted(mediaType.trim())}; this server reads ${known} here.`);
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

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalidRequest('The body is not UTF-8.');
  }
}

/** @throws {BackendError} invalid_request for bytes that are not JSON in UTF-8 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  if (text.trim() === '') throw invalidRequest('The body is empty; send a JSON object with "inputs".');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidRequest(`The body is not JSON: ${(error as Error).message}.`);
  }
}

function unsupported(message: string): BackendError {
  return new BackendError('unsupported_media_type', message);
}
