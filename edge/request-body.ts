import type { Context } from 'hono';
import type * as z from 'zod';
import { ApiError } from './errors.ts';
import { countMembers, countOwnMembers } from './json-members.ts';

const MAX_BODY_BYTES = 256 * 1024;

/**
 * The body of a request, which must be a JSON object in UTF-8. A request without a content type is taken for
 * JSON.
 * @throws {ApiError} unsupported_media_type, request_too_large, client_closed_request, invalid_json,
 *   invalid_request
 */
export async function readJsonObject(c: Context): Promise<Record<string, unknown>> {
  return parseJsonObject(await readText(c.req.raw));
}

/** As `readJsonObject`, for a route that may be called without a body. */
export async function readOptionalJsonObject(c: Context): Promise<Record<string, unknown>> {
  const text = await readText(c.req.raw);
  return text.trim() === '' ? {} : parseJsonObject(text);
}

interface InputOptions {
  /** Where in the request the value stands. */
  path?: PropertyKey[];
  /** Fields of the schema that ask for nothing: any value that they refuse is something that is not supported. */
  neutral?: object;
}

/**
 * A body, or what stands at `path` in it, as its schema has it. A list's schema gives its most elements, which is
 * checked before they are: a body has room for a hundred thousand, and each wrong one would cost an issue.
 * @throws {ApiError} unsupported_parameter for a name that the schema does not know and for what a neutral field
 *   refuses, invalid_value for all else
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  { path = [], neutral = {} }: InputOptions = {},
): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const [field] = issue.path;
  if (field !== undefined && Object.hasOwn(neutral, field)) {
    throw unsupported([...path, field], ' Leave it out, or send its neutral value.');
  }
  if (issue.code === 'unrecognized_keys') {
    throw unsupported([...path, ...issue.path, issue.keys[0]!.slice(0, 100)], '');
  }
  const param = [...path, ...issue.path].join('.');
  // Zod's words for it are those of a wrong type. Its words for an enum's are better: they name the values.
  const isOfType = issue.code === 'invalid_type' || issue.code === 'invalid_union';
  const isMissing = isOfType && valueAt(value, issue.path) === undefined;
  const message = isMissing ? `The parameter "${param}" is missing.` : `${param}: ${issue.message}.`;
  throw new ApiError('invalid_value', { param, message });
}

function valueAt(value: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (within, name) => (within as Record<PropertyKey, unknown> | null | undefined)?.[name],
    value,
  );
}

function unsupported(path: PropertyKey[], advice: string): ApiError {
  const param = path.join('.');
  const message = `The parameter "${param}" is not supported.${advice}`;
  return new ApiError('unsupported_parameter', { param, message });
}

async function readText(request: Request): Promise<string> {
  refuseOtherMedia(request.headers);
  const announced = request.headers.get('content-length');
  if (Number(announced) > MAX_BODY_BYTES) throw tooLarge();
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  // No more comes than is announced, so it can be taken at once, which takes less than part by part.
  if (announced !== null) return decode(decoder, await request.arrayBuffer().catch(cutOff));
  const reader = request.body?.getReader();
  let text = '';
  let size = 0;
  for (;;) {
    const { value } = (await reader?.read().catch(cutOff)) ?? {};
    size += value?.byteLength ?? 0;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    text += decode(decoder, value, { stream: value !== undefined });
    if (value === undefined) return text;
  }
}

/** The body, a part of it, or what is left after the last part. @throws {ApiError} invalid_json */
function decode(
  decoder: TextDecoder,
  part?: ArrayBuffer | Uint8Array,
  options?: { stream: boolean },
): string {
  try {
    return decoder.decode(part, options);
  } catch {
    throw new ApiError('invalid_json', { message: 'The body is not UTF-8.' });
  }
}

function refuseOtherMedia(headers: Headers): void {
  const [mediaType = '', ...parameters] = (headers.get('content-type') ?? 'application/json').split(';');
  const charset = parameters
    .map((parameter) => /^\s*charset="?([^"\s]+)"?\s*$/i.exec(parameter)?.[1])
    .find(Boolean);
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (!/^\s*application\/([\w.-]+\+)?json\s*$/i.test(mediaType)) {
    throw new ApiError('unsupported_media_type');
  }
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw new ApiError('unsupported_media_type', { message: 'The body must be JSON in UTF-8.' });
  }
  if (encoding.toLowerCase() !== 'identity') {
    throw new ApiError('unsupported_media_type', { message: 'The body must not be compressed.' });
  }
}

function cutOff(cause: unknown): never {
  throw new ApiError('client_closed_request', { cause });
}

function tooLarge(): ApiError {
  const message = `The body is too large: ${MAX_BODY_BYTES / 1024} KiB are allowed.`;
  return new ApiError('request_too_large', { message });
}

function parseJsonObject(text: string): Record<string, unknown> {
  const body = parseJson(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError('invalid_request', { message: 'The body must be a JSON object: {…}.' });
  }
  return body as Record<string, unknown>;
}

/** @throws {ApiError} invalid_json */
function parseJson(text: string): unknown {
  if (text.trim() === '')
    throw new ApiError('invalid_json', { message: 'The body is empty, where JSON is expected.' });
  const value = parse(text);
  // Readers of JSON differ in which of two they take: whoever checks a request before us may have seen the other.
  if (countMembers(text) === countOwnMembers(value)) return value;
  const message = 'An object in the body has one key twice. Send each key once.';
  throw new ApiError('invalid_json', { message });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // V8 says where, and quotes the body, which is left out here.
    const position = /at position \d+/.exec(String(error))?.[0];
    throw new ApiError('invalid_json', {
      message: `The body is not valid JSON${position ? ` (${position})` : ''}.`,
    });
  }
}
