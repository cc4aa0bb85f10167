import type { BackendErrorCode } from '../protocol/backend-error.ts';
import type { RequestSchema, ResponseSchema } from './schemas.ts';

export interface Operation {
  method: 'get' | 'post';
  /** As OpenAPI writes it. `{model}` and `{version}` are the only parameters. */
  path: string;
  summary: string;
  request?: { schema: RequestSchema; isOptional?: boolean; example: unknown };
  response: ResponseSchema;
  /** What is answered instead of JSON. */
  media?: string;
  /** Takes and answers binary tensors too. */
  isBinary?: boolean;
  /** Needs no token. */
  isOpen?: boolean;
  /** How it can fail, besides for want of a token. */
  errors: BackendErrorCode[];
}

const BODY: BackendErrorCode[] = ['invalid_request', 'body_too_large', 'unsupported_media_type'];

/** One short reply, by greedy search. */
const INFERENCE_EXAMPLE = {
  id: 'example',
  parameters: { timeout: 30_000_000 },
  inputs: [
    { name: 'input_ids', datatype: 'INT64', shape: [1, 3], data: [20, 21, 2] },
    { name: 'num_beams', datatype: 'INT64', shape: [1], data: [1] },
    { name: 'max_length', datatype: 'INT64', shape: [1], data: [12] },
    { name: 'min_length', datatype: 'INT64', shape: [1], data: [0] },
  ],
  outputs: [{ name: 'sequences' }, { name: 'lengths' }],
};

/** Every route of the server but the metrics'. A test holds it to the routes that there are. */
export const OPERATIONS: Operation[] = [
  {
    method: 'get',
    path: '/v2',
    summary: 'Describes the server',
    response: 'ServerMetadata',
    errors: [],
  },
  {
    method: 'get',
    path: '/v2/health/live',
    summary: 'Says that the process lives',
    response: 'Live',
    isOpen: true,
    errors: [],
  },
  {
    method: 'get',
    path: '/v2/health/ready',
    summary: 'Says whether every model is ready that nobody has unloaded',
    response: 'Ready',
    isOpen: true,
    errors: ['not_ready'],
  },
  ...['/v2/models/{model}', '/v2/models/{model}/versions/{version}'].flatMap(modelOperations),
  {
    method: 'post',
    path: '/v2/repository/index',
    summary: 'Lists the models, and why one is not ready',
    request: { schema: 'RepositoryIndexRequest', isOptional: true, example: { ready: false } },
    response: 'RepositoryIndex',
    errors: BODY,
  },
  {
    method: 'post',
    path: '/v2/repository/models/{model}/load',
    summary: 'Loads a model, or its newer build where it is loaded; answers once it is ready',
    request: { schema: 'LoadRequest', isOptional: true, example: {} },
    response: 'Nothing',
    errors: [...BODY, 'not_found', 'load_failed', 'not_ready'],
  },
  {
    method: 'post',
    path: '/v2/repository/models/{model}/unload',
    summary: 'Unloads a model once what it has accepted is answered',
    request: {
      schema: 'UnloadRequest',
      isOptional: true,
      example: { parameters: { unload_dependents: false } },
    },
    response: 'Nothing',
    errors: [...BODY, 'not_found', 'not_ready'],
  },
  {
    method: 'get',
    path: '/openapi.json',
    summary: 'This description',
    response: 'OpenApi',
    errors: [],
  },
];

/** There where metrics have no port of their own. */
export const METRICS_OPERATION: Operation = {
  method: 'get',
  path: '/metrics',
  summary: 'What happens here, for Prometheus',
  response: 'Metrics',
  media: 'text/plain',
  errors: [],
};

function modelOperations(path: string): Operation[] {
  return [
    {
      method: 'get',
      path,
      summary: 'Describes a model: every tensor with its datatype and shape',
      response: 'ModelMetadata',
      errors: ['not_found'],
    },
    {
      method: 'get',
      path: `${path}/ready`,
      summary: 'Says whether a model is ready',
      response: 'ModelReady',
      errors: ['not_found', 'not_ready'],
    },
    {
      method: 'post',
      path: `${path}/infer`,
      summary: 'Generates: token ids in, finished sequences out',
      request: { schema: 'InferenceRequest', example: INFERENCE_EXAMPLE },
      response: 'InferenceResponse',
      isBinary: true,
      errors: [
        ...BODY,
        'not_found',
        'inference_failed',
        'worker_lost',
        'not_ready',
        'queue_full',
        'overloaded',
        'deadline_exceeded',
      ],
    },
  ];
}
