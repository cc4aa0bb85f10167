import type { Context } from 'hono';
import type * as z from 'zod';
import { ApiError } from './errors.ts';

/**
 * The body of a request, which must be a JSON object.
 * @throws {ApiError} unsupported_media_type, invalid_json, invalid_request
 */
export async function readJsonObject(c: Context): Promise<Record<string, unknown>> {
  const text = await readText(c);
  const mediaType = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (mediaType !== 'application/json' && !mediaType.endsWith('+json'))
    throw new ApiError('unsupported_media_type');
  const body = parseJson(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError('invalid_request', { message: 'The body must be a JSON object: {…}.' });
  }
  return body as Record<string, unknown>;
}

/** As `readJsonObject`, for a route that may be called without a body. */
export async function readOptionalJsonObject(c: Context): Promise<Record<string, unknown>> {
  const text = await readText(c);
  return text.trim() === '' ? {} : readJsonObject(c);
}

/**
 * A body as its schema has it.
 * @throws {ApiError} unsupported_parameter for a name that the schema does not know, invalid_value for all else
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const param = issue.keys[0]!.slice(0, 100);
    const message = `The parameter "${param}" is not supported.`;
    throw new ApiError('unsupported_parameter', { param, message });
  }
  const param = issue.path.join('.');
  throw new ApiError('invalid_value', { param, message: `${param}: ${issue.message}.` });
}

// Not `text()`: workerd warns in the log where the content type is not one of text, whatever comes of it
// here.
async function readText(c: Context): Promise<string> {
  return new TextDecoder().decode(await c.req.arrayBuffer());
}

function parseJson(text: string): unknown {
  if (text.trim() === '')
    throw new ApiError('invalid_json', { message: 'The body is empty, where JSON is expected.' });
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
