/** What of OpenAPI 3.1 the edge's own description uses, and its reference shows. */
export interface Description {
  info: { version: string; description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, DescribedOperation>>;
  components: {
    schemas: Record<string, Schema>;
    headers: Record<string, { description: string }>;
  };
}

export interface DescribedOperation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security: Record<string, unknown>[];
  parameters?: DescribedParameter[];
  requestBody?: { required: boolean; content: Record<string, { schema: Schema; example: unknown }> };
  responses: Record<string, DescribedAnswer>;
}

export interface DescribedParameter {
  name: string;
  in: 'path' | 'query' | 'header';
  description: string;
  required: boolean;
  schema: Schema;
}

export interface DescribedAnswer {
  description: string;
  headers?: Record<string, unknown>;
  content?: Record<string, { schema?: Schema }>;
}

/** JSON Schema, draft 2020-12. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  description?: string;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

/** An operation with where it is. */
export interface Endpoint extends DescribedOperation {
  method: string;
  path: string;
}

export function endpoints({ paths }: Description): Endpoint[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
}

/** @throws {Error} for a reference to what is not there */
export function resolve(schema: Schema, { components }: Description): Schema {
  if (schema.$ref === undefined) return schema;
  const found = components.schemas[schema.$ref.replace('#/components/schemas/', '')];
  if (found === undefined) throw new Error(`${schema.$ref} is not described. This is a bug.`);
  return found;
}

/** What a client must show: a key, the admin token, or nothing. */
export function credential({ security }: DescribedOperation): 'key' | 'admin' | null {
  if (security.some((one) => 'admin' in one)) return 'admin';
  return security.length > 0 ? 'key' : null;
}
