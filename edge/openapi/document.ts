import * as z from 'zod';
import { type ApiErrorCode, ERRORS, HUGGING_FACE_PATH } from '../errors.ts';
import { type HeaderName, HEADERS, type Operation, type Parameter, TAGS } from './operation.ts';

/** Errors of whoever needs a key, and of every operation. */
const ACCESS_ERRORS = {
  key: [
    'missing_api_key',
    'invalid_api_key',
    'origin_not_allowed',
    'secret_key_in_browser',
    'publishable_key_not_allowed',
    'rate_limit_exceeded',
    'key_store_unavailable',
  ],
  admin: ['invalid_admin_token', 'rate_limit_exceeded'],
  everybody: [],
} as const satisfies Record<Operation['access'], ApiErrorCode[]>;
const COMMON_ERRORS = [
  'development_mode',
  'origin_not_allowed',
  'internal_error',
] as const satisfies ApiErrorCode[];

/**
 * openapi.json, from the schemas that requests are parsed with.
 * Source: https://spec.openapis.org/oas/v3.1.1
 */
export function openapiDocument(operations: Operation[], version: string) {
  const names = schemaNames(operations);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Tandem',
      version,
      summary: 'BlenderBot, served to the world.',
      description:
        'OpenAI’s and Hugging Face’s forms, and sessions that keep a conversation. Errors are `{"error": {"message", "type", "param", "code"}}`, under `/models/` `{"error": "…"}`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: pathsOf(operations, names),
    components: {
      schemas: componentSchemas(names),
      headers: Object.fromEntries(
        Object.entries(HEADERS).map(([name, description]) => [
          name,
          { description, schema: { type: 'string' } },
        ]),
      ),
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A secret key, or a browser’s session token.' },
        admin: { type: 'http', scheme: 'bearer', description: 'ADMIN_TOKEN.' },
      },
    },
  };
}

type Names = ReadonlyMap<z.ZodType, string>;

function pathsOf(operations: Operation[], names: Names) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: operationObject(operation, names),
    };
  }
  return paths;
}

function operationObject(operation: Operation, names: Names) {
  const { id, tag, summary, description, parameters = [], body, access } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: access === 'everybody' ? [] : [{ [access]: [] }],
    ...(parameters.length > 0 && { parameters: parameters.map(parameterObject) }),
    ...(body && {
      requestBody: {
        required: body.optional !== true,
        content: { 'application/json': { schema: reference(names.get(body.schema)), example: body.example } },
      },
    }),
    responses: { ...answersOf(operation, names), ...errorsOf(operation) },
  };
}

function parameterObject({ name, in: place, description, schema, required = false }: Parameter) {
  return { name, in: place, description, required: place === 'path' || required, schema: jsonSchema(schema) };
}

function answersOf({ answers }: Operation, names: Names) {
  return Object.fromEntries(
    answers.map(({ status, description, schema, other, headers = [] }) => {
      const content = {
        ...(schema && { 'application/json': { schema: reference(names.get(schema)) } }),
        ...(other && { [other.mediaType]: {} }),
      };
      const described = {
        description: other ? `${description} ${other.description}` : description,
        headers: headerObjects(['x-request-id', ...headers]),
      };
      return [status, Object.keys(content).length === 0 ? described : { ...described, content }];
    }),
  );
}

/** By status, with the codes that it stands for. What each says is told once, in `Error`. */
function errorsOf({ path, access, errors, answers }: Operation) {
  const codes = [...new Set<ApiErrorCode>([...errors, ...ACCESS_ERRORS[access], ...COMMON_ERRORS])];
  const described = new Set(answers.map(({ status }) => status));
  const statuses = [...new Set(codes.map((code) => ERRORS[code].status))].filter(
    (status) => !described.has(status),
  );
  return Object.fromEntries(
    statuses
      .toSorted((a, b) => a - b)
      .map((status) => {
        const found = codes.filter((code) => ERRORS[code].status === status);
        const waits = status === 429 || status === 503;
        return [
          status,
          {
            description: found.map((code) => `\`${code}\``).join(', '),
            headers: headerObjects(['x-request-id', ...(waits ? (['retry-after'] as const) : [])]),
            content: { 'application/json': { schema: errorSchema(found, path) } },
          },
        ];
      }),
  );
}

function errorSchema(codes: ApiErrorCode[], path: string) {
  const name = path.startsWith(HUGGING_FACE_PATH) ? 'HuggingFaceError' : 'Error';
  const code = { enum: codes };
  const member = name === 'Error' ? { error: { properties: { code } } } : { code };
  return { allOf: [reference(name), { properties: member }] };
}

function headerObjects(names: HeaderName[]) {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

const ERROR_SCHEMAS = {
  Error: z.strictObject({
    error: z.strictObject({
      message: z.string(),
      type: z.enum(['invalid_request_error', 'rate_limit_error', 'server_error']),
      param: z.string().nullable(),
      code: z.string().describe(
        Object.entries(ERRORS)
          .map(([code, { message }]) => `- \`${code}\`: ${message}`)
          .join('\n'),
      ),
    }),
  }),
  HuggingFaceError: z.strictObject({
    error: z.string(),
    error_type: z.enum(['validation', 'overloaded', 'generation']),
    code: z.string(),
  }),
};

/** A name for each schema of a body: the first that has it names it. */
function schemaNames(operations: Operation[]): Names {
  const names = new Map<z.ZodType, string>();
  const name = (schema: z.ZodType | undefined, wanted: string) => {
    if (schema && !names.has(schema)) names.set(schema, wanted);
  };
  for (const { id, body, answers } of operations) {
    name(body?.schema, `${capitalized(id)}Request`);
    const [first, ...others] = answers;
    name(first?.schema, `${capitalized(id)}Answer`);
    for (const { status, schema } of others) name(schema, `${capitalized(id)}Answer${status}`);
  }
  return names;
}

function componentSchemas(names: Names) {
  const named = [...names].map(([schema, name]) => [name, jsonSchema(schema)]);
  const errors = Object.entries(ERROR_SCHEMAS).map(([name, schema]) => [name, jsonSchema(schema)]);
  return Object.fromEntries([...errors, ...named]);
}

/** What a client may send: a field with a default may be left out. */
function jsonSchema(schema: z.ZodType) {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: 'input',
    // What JavaScript can count to is a bound of every integer, and no news.
    override({ jsonSchema: made }) {
      if (made.minimum === Number.MIN_SAFE_INTEGER) delete made.minimum;
      if (made.maximum === Number.MAX_SAFE_INTEGER) delete made.maximum;
    },
  });
  return json;
}

function capitalized(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1);
}

function reference(name: string | undefined) {
  return { $ref: `#/components/schemas/${name}` };
}
