import type * as z from 'zod';
import type { ApiErrorCode } from '../errors.ts';

/** What a route answers to a method: all that openapi.json says of it. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With its parameters as OpenAPI writes them: `/v1/sessions/{id}`. */
  path: string;
  /** The name of the method that a generated client has for it. */
  id: string;
  tag: keyof typeof TAGS;
  summary: string;
  description?: string;
  /** Parameters of the path, the query and the headers. */
  parameters?: Parameter[];
  body?: Body;
  answers: Answer[];
  /** Every error that it may answer. */
  errors: readonly ApiErrorCode[];
  /** Who may ask: whoever has a key, who has the admin token, or everybody. */
  access: 'key' | 'admin' | 'everybody';
}

export const TAGS = {
  OpenAI: 'What OpenAI’s clients speak.',
  'Hugging Face': 'What the hub’s clients speak.',
  Tokens: 'Text to token ids and back, in vLLM’s form.',
  Sessions: 'Conversations that are kept here.',
  Keys: 'Who may ask, and how much.',
  Console: 'What the owner sees: everybody’s sessions, the backends, what is asked.',
  Webhooks: 'Where people already talk, and who is told of it.',
  Service: 'How the service is.',
} as const;

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  description: string;
  schema: z.ZodType;
  /** Those of the path always are. */
  required?: boolean;
}

interface Body {
  schema: z.ZodType;
  example: unknown;
  /** Whether the request may be without one. */
  optional?: boolean;
}

export interface Answer {
  status: number;
  description: string;
  /** Absent for an answer without a body, or with one that is no JSON. */
  schema?: z.ZodType;
  /** What else the body may be: a media type, for which OpenAPI 3.1 has no schema, and what it holds. */
  other?: { mediaType: string; description: string };
  headers?: readonly HeaderName[];
}

/** Headers of answers. Those of every answer of the API are not named by the operations. */
export const HEADERS = {
  'x-request-id': 'The request’s id, to find it in the logs by. One that was sent comes back.',
  'retry-after': 'Seconds after which it is worth asking again.',
  'server-timing': 'Where the time went: tokenization, waiting for the model, the model itself.',
  ratelimit: 'How the key’s quotas stand (draft-ietf-httpapi-ratelimit-headers-11).',
  'ratelimit-policy': 'The key’s quotas (draft-ietf-httpapi-ratelimit-headers-11).',
  'x-ratelimit-limit-requests': 'The tightest quota of requests, as OpenAI tells it.',
  'x-ratelimit-limit-tokens': 'The tightest quota of tokens, as OpenAI tells it.',
  'x-ratelimit-remaining-requests': 'What is left of it.',
  'x-ratelimit-remaining-tokens': 'What is left of it.',
  'x-ratelimit-reset-requests': 'When it is whole again.',
  'x-ratelimit-reset-tokens': 'When it is whole again.',
  'x-tandem-dropped-turns':
    'How many of the oldest turns the model was not given: it reads so much and no more.',
  'x-tandem-truncated': 'There where the model was given only the end of the newest turn.',
  'x-tandem-safety': 'There where the word filter changed the answer.',
  'x-tandem-session-token': 'A browser’s next session token.',
  'idempotent-replayed': 'There where the reply was given before to the same `Idempotency-Key`.',
  'preference-applied': '`respond-async` where the reply is not awaited.',
  location: 'Where what was made is.',
  'content-disposition': 'The name of the file.',
} as const;

export type HeaderName = keyof typeof HEADERS;

/** On every answer of what counts for quotas. */
export const QUOTA_HEADERS = [
  'ratelimit',
  'ratelimit-policy',
  'x-ratelimit-limit-requests',
  'x-ratelimit-limit-tokens',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-remaining-tokens',
  'x-ratelimit-reset-requests',
  'x-ratelimit-reset-tokens',
] as const satisfies HeaderName[];

/** On every answer of what asks the model. */
export const MODEL_HEADERS = [
  'server-timing',
  ...QUOTA_HEADERS,
  'x-tandem-dropped-turns',
  'x-tandem-truncated',
  'x-tandem-safety',
] as const satisfies HeaderName[];

/** Of whatever reads a body. */
export const BODY_ERRORS = [
  'invalid_json',
  'invalid_request',
  'invalid_value',
  'unsupported_parameter',
  'request_too_large',
  'unsupported_media_type',
] as const satisfies ApiErrorCode[];

/** Of whatever asks the model. */
export const MODEL_ERRORS = [
  'empty_message',
  'message_too_long',
  'model_not_found',
  'bad_backend_answer',
  'backend_misconfigured',
  'backend_unavailable',
  'backend_timeout',
] as const satisfies ApiErrorCode[];
