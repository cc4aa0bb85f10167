import { ApiError } from '../errors.ts';

type Accepts = (value: unknown) => boolean;

const oneOf =
  (...values: unknown[]): Accepts =>
  (value) =>
    values.includes(value);
const empty: Accepts = (value) =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
const text: Accepts = (value) => typeof value === 'string';
const integer: Accepts = Number.isInteger;
const onlyNull: Accepts = () => false;

/**
 * Parameters that other servers know and this one does not, with the values that ask for nothing; null always
 * does. Clients send many of them unasked. Any other value is refused by name, never ignored in silence.
 */
export const NEUTRAL_PARAMETERS = new Map<string, Accepts>([
  ['stream', oneOf(false)],
  // The search is deterministic: it has no temperature, and any seed repeats.
  ['temperature', oneOf(0, 1)],
  ['seed', integer],
  ['top_p', oneOf(1)],
  ['top_k', oneOf(0, -1)],
  ['min_p', oneOf(0)],
  ['use_beam_search', oneOf(true)],
  ['do_sample', oneOf(false)],
  ['presence_penalty', oneOf(0)],
  ['frequency_penalty', oneOf(0)],
  ['logprobs', oneOf(false)],
  ['top_logprobs', oneOf(0)],
  ['logit_bias', empty],
  ['stop', empty],
  ['tools', empty],
  ['tool_choice', oneOf('none', 'auto')],
  ['parallel_tool_calls', oneOf(true, false)],
  ['functions', empty],
  ['function_call', oneOf('none', 'auto')],
  ['response_format', isTextFormat],
  ['modalities', isTextOnly],
  ['metadata', empty],
  ['store', oneOf(false)],
  ['service_tier', oneOf('auto', 'default')],
  // These tell a provider who is asking; nothing here depends on it and nothing keeps it.
  ['user', text],
  ['safety_identifier', text],
  ['prompt_cache_key', text],
]);

/** The same for a message: SDKs send an assistant's back as they got it. */
export const NEUTRAL_MESSAGE_FIELDS = new Map<string, Accepts>([
  ['refusal', onlyNull],
  ['annotations', empty],
  ['audio', onlyNull],
  ['tool_calls', empty],
  ['function_call', onlyNull],
  ['reasoning', onlyNull],
  ['reasoning_content', onlyNull],
  // The model knows no names: it reads who speaks from the order.
  ['name', text],
]);

/** And for a part of a message's content. */
export const NEUTRAL_PART_FIELDS = new Map<string, Accepts>();

const REASONS: Partial<Record<string, string>> = {
  stream: 'Replies are not streamed yet.',
};

/**
 * @param fields an object of a request
 * @param options.supported the names in it that are supported, with whatever value
 * @param options.path where in the request the object stands: "" for the request itself, or "messages.0."
 * @throws {ApiError} unsupported_parameter, for the first that is neither supported nor neutral
 */
export function refuseUnsupported(
  fields: Record<string, unknown>,
  options: { supported: object; neutral: Map<string, Accepts>; path: string },
): void {
  for (const [name, value] of Object.entries(fields)) {
    if (Object.hasOwn(options.supported, name)) continue;
    const accepts = options.neutral.get(name);
    if (accepts !== undefined && (value === null || accepts(value))) continue;
    const reason = accepts === undefined ? '' : (REASONS[name] ?? 'Leave it out, or send its neutral value.');
    const param = `${options.path}${name.slice(0, 100)}`;
    const message = `The parameter "${param}" is not supported. ${reason}`.trim();
    throw new ApiError('unsupported_parameter', { param, message });
  }
}

function isTextFormat(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'text';
}

function isTextOnly(value: unknown): boolean {
  return Array.isArray(value) && value.length === 1 && value[0] === 'text';
}
