import * as z from 'zod';

const off = z.literal(false).nullish();
const on = z.literal(true).nullish();
const zero = z.literal(0).nullish();
const nothing = z.null().optional();
const emptyList = z.array(z.unknown()).max(0).nullish();
const emptyObject = z.strictObject({}).nullish();
const toolChoice = z.enum(['none', 'auto']).nullish();
const text = z.string().nullish();

/** These tell a provider who is asking; nothing here depends on it and nothing keeps it. */
export const askerFields = { user: text, safety_identifier: text, prompt_cache_key: text };

/**
 * Parameters that other servers know and this one does not, with the values that ask for nothing; null always
 * does. Clients send many of them unasked. Any other value is refused by name, never ignored in silence.
 */
export const neutralFields = {
  presence_penalty: zero,
  frequency_penalty: zero,
  metadata: emptyObject,
  store: off,
  service_tier: z.enum(['auto', 'default']).nullish(),
  // vLLM's: what is done here anyway.
  include_stop_str_in_output: off,
  skip_special_tokens: on,
  prompt_logprobs: nothing,
};

/** And those that belong to a chat alone. */
export const neutralChatFields = {
  ...neutralFields,
  // The chosen tokens' log-probabilities are all that the graph tells.
  top_logprobs: zero,
  tools: emptyList,
  tool_choice: toolChoice,
  parallel_tool_calls: z.boolean().nullish(),
  functions: emptyList,
  function_call: toolChoice,
  response_format: z.looseObject({ type: z.literal('text') }).nullish(),
  modalities: z.tuple([z.literal('text')]).nullish(),
  audio: nothing,
  moderation: nothing,
  prediction: nothing,
  prompt_cache_retention: nothing,
  reasoning_effort: nothing,
  verbosity: nothing,
  web_search_options: nothing,
  add_generation_prompt: on,
  echo: off,
};

/** The same for a message: SDKs send an assistant's back as they got it. */
export const neutralMessageFields = {
  refusal: nothing,
  annotations: emptyList,
  audio: nothing,
  tool_calls: emptyList,
  function_call: nothing,
  reasoning: nothing,
  reasoning_content: nothing,
  // The model knows no names: it reads who speaks from the order.
  name: text,
};
