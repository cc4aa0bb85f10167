import type * as z from 'zod';
import { MalformedPayload } from './channel.ts';

/** @throws {MalformedPayload} for what is not UTF-8 */
function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new MalformedPayload('The body is not UTF-8.');
  }
}

/** @throws {MalformedPayload} */
export function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(body));
  } catch {
    throw new MalformedPayload('The body is not JSON.');
  }
}

/** Channels send some dozens. Twilio's signature is of them, sorted: whoever is no channel must not have thousands sorted. */
const MAX_FIELDS = 500;

/** The fields of a form; the last of those with one name. @throws {MalformedPayload} */
export function formOf(body: Uint8Array): Record<string, string> {
  const text = textOf(body);
  if (text.split('&', MAX_FIELDS + 1).length > MAX_FIELDS)
    throw new MalformedPayload('The form has too many fields.');
  return Object.fromEntries(new URLSearchParams(text));
}

/** A payload, or a part of it, in the form that it must have. @throws {MalformedPayload} */
export function expectPayload<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  // Where, and not what: the value may be what somebody said.
  throw new MalformedPayload(`The payload is not as it must be at "${issue!.path.join('.')}".`);
}
