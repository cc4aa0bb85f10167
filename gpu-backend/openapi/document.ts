import { JSON_LENGTH_HEADER } from '../../shared/inference-protocol.ts';
import { MODEL_VERSION } from '../models/served-model.ts';
import { type BackendErrorCode, STATUS } from '../protocol/backend-error.ts';
import { METRICS_OPERATION, OPERATIONS, type Operation } from './operations.ts';
import { componentSchemas } from './schemas.ts';

export interface DescribedServer {
  version: string;
  modelNames: string[];
  needsToken: boolean;
  hasMetrics: boolean;
}

const JSON_MEDIA = 'application/json';
const BINARY_MEDIA = 'application/octet-stream';
/** What a status means to whoever reads the document. */
const MEANINGS: Partial<Record<number, string>> = {
  400: 'The request is wrong; the sentence says where.',
  401: 'The bearer token is missing or wrong.',
  404: 'There is no such model or version.',
  413: 'The body is larger than MAX_BODY_BYTES.',
  415: 'The body is of another type, charset or encoding.',
  500: 'The server failed at it.',
  503: 'Not ready, ending, its queue full, or the worker lost.',
  504: 'There was no time left for a run before the deadline.',
};

/** The server's description in OpenAPI 3.1, made of what checks requests and answers. */
export function openApiDocument(server: DescribedServer): object {
  const paths: Record<string, Record<string, object>> = {};
  const operations = server.hasMetrics ? [...OPERATIONS, METRICS_OPERATION] : OPERATIONS;
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation, server) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tandem GPU backend',
      version: server.version,
      description:
        "Open Inference Protocol v2 with Triton's binary tensors and model repository. Token ids in, token ids out.",
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: componentSchemas(),
      ...(server.needsToken && { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } }),
    },
  };
}

function describe(operation: Operation, { modelNames, needsToken }: DescribedServer): object {
  const { method, path, summary, request, response, media = JSON_MEDIA, errors } = operation;
  const { isBinary = false, isOpen = false } = operation;
  const isLocked = needsToken && !isOpen;
  return {
    operationId: operationId(method, path),
    summary,
    security: isLocked ? [{ token: [] }] : [],
    parameters: [...pathParameters(path, modelNames), ...(isBinary ? [LENGTH_PARAMETER] : [])],
    ...(request && {
      requestBody: {
        required: !request.isOptional,
        content: {
          [JSON_MEDIA]: { schema: reference(request.schema), example: request.example },
          ...(isBinary && { [BINARY_MEDIA]: {} }),
        },
      },
    }),
    responses: {
      200: {
        description: 'OK',
        content: { [media]: { schema: reference(response) }, ...(isBinary && { [BINARY_MEDIA]: {} }) },
        ...(isBinary && { headers: { [JSON_LENGTH_HEADER]: LENGTH_HEADER } }),
      },
      ...errorResponses(isLocked ? [...errors, 'unauthorized'] : errors),
    },
  };
}

function pathParameters(path: string, modelNames: string[]): object[] {
  const values: Record<string, string[]> = { model: modelNames, version: [MODEL_VERSION] };
  return Object.entries(values)
    .filter(([name]) => path.includes(`{${name}}`))
    .map(([name, known]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string', enum: known },
    }));
}

const LENGTH_HEADER = {
  description: 'How many bytes of the body are JSON; binary tensors follow. Only where there are some.',
  schema: { type: 'integer', minimum: 0 },
};
const LENGTH_PARAMETER = { name: JSON_LENGTH_HEADER, in: 'header', required: false, ...LENGTH_HEADER };
const RETRY_AFTER = {
  description: 'Seconds after which to try again, where that may help.',
  schema: { type: 'integer', minimum: 1 },
};

function errorResponses(codes: BackendErrorCode[]): Record<number, object> {
  const statuses = [...new Set(codes.map((code) => STATUS[code]))];
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: MEANINGS[status],
        content: { [JSON_MEDIA]: { schema: reference('Error') } },
        ...(status === 503 && { headers: { 'Retry-After': RETRY_AFTER } }),
      },
    ]),
  );
}

function reference(schema: string): object {
  return { $ref: `#/components/schemas/${schema}` };
}

/** `get /v2/models/{model}/ready` → `getModelsModelReady`. */
function operationId(method: string, path: string): string {
  const words = path.replace('/v2', '/').split(/\W+/).filter(Boolean);
  const name = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
  return `${method}${name || 'Server'}`;
}
