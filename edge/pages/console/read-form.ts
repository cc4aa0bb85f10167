import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { ApiError } from '../../errors.ts';

/** A key's form with all of its origins has less. */
const MAX_FORM_BYTES = 64 * 1024;

/** Keeps what is too large from being read: anybody may send the form of a login. @throws {ApiError} request_too_large */
export function formLimit() {
  return bodyLimit({
    maxSize: MAX_FORM_BYTES,
    onError: () => {
      throw new ApiError('request_too_large', { message: 'The form is too large.' });
    },
  });
}

/** What a form was filled with. @throws {ApiError} invalid_request for what is none */
export async function readForm(c: Context) {
  try {
    return await c.req.parseBody();
  } catch (cause) {
    const message = 'The form cannot be read. Load its page anew and try again.';
    throw new ApiError('invalid_request', { message, cause });
  }
}
