import { describe, expect, it } from 'vitest';
import { METRICS_OPERATION, OPERATIONS } from '../../../gpu-backend/openapi/operations.ts';
import { systemClock } from '../../../gpu-backend/scheduler/clock.ts';
import { createServer } from '../../../gpu-backend/server/app.ts';
import type { ServerOptions } from '../../../gpu-backend/server/context.ts';
import { JSON_LENGTH_HEADER } from '../../../shared/inference-protocol.ts';
import { fakeScheduler, loadedRepository } from '../models/fake-models.ts';
import { LIMITS } from '../protocol/inference-requests.ts';

const repository = await loadedRepository('tiny', fakeScheduler());
const appWith = (change: Partial<ServerOptions> = {}) =>
  createServer({
    repository,
    limits: { ...LIMITS, maxBodyBytes: 2048 },
    tokens: [],
    isDraining: () => false,
    clock: systemClock,
    onInference: () => {},
    metrics: { read: async () => '', contentType: 'text/plain' },
    log: () => {},
    ...change,
  });

interface Document {
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, unknown>; securitySchemes?: unknown };
}
interface OperationObject {
  operationId: string;
  security: unknown[];
  requestBody?: { content: Record<string, { example?: unknown }> };
  responses: Record<string, { headers?: object }>;
}

async function documentOf(app = appWith(), headers: Record<string, string> = {}): Promise<Document> {
  return (await (await app.request('/openapi.json', { headers })).json()) as Document;
}

describe('the OpenAPI description', () => {
  it('has every route that there is, and no other', async () => {
    const described = [...OPERATIONS, METRICS_OPERATION].map(
      ({ method, path }) => `${method.toUpperCase()} ${path}`,
    );
    const routes = appWith()
      .routes.filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}').replace(/(.)\/$/, '$1')}`);
    expect(new Set(described)).toEqual(new Set(routes));
    expect(new Set(described).size).toBe(described.length);
  });

  it('has metrics only where they have no port of their own', async () => {
    expect((await documentOf()).paths).toHaveProperty('/metrics');
    expect((await documentOf(appWith({ metrics: undefined }))).paths).not.toHaveProperty('/metrics');
  });

  it('gives every operation a name of its own', async () => {
    const { paths } = await documentOf();
    const names = Object.values(paths)
      .flatMap(Object.values)
      .map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
  });

  it('refers only to schemas that it has', async () => {
    const document = await documentOf();
    const references = JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g);
    const used = new Set([...references].map(([, name]) => name));
    expect(used).toEqual(new Set(Object.keys(document.components.schemas)));
  });

  it('names the models and versions that there are', async () => {
    const { paths } = await documentOf();
    const [model, version] = (
      paths['/v2/models/{model}/versions/{version}']!['get'] as unknown as {
        parameters: { schema: object }[];
      }
    ).parameters;
    expect(model!.schema).toEqual({ type: 'string', enum: ['tiny'] });
    expect(version!.schema).toEqual({ type: 'string', enum: ['1'] });
  });

  it('asks for a token where the server does', async () => {
    const locked = await documentOf(appWith({ tokens: ['s3cret'] }), { authorization: 'Bearer s3cret' });
    expect(locked.paths['/v2']!['get']!.security).toEqual([{ token: [] }]);
    expect(locked.paths['/v2']!['get']!.responses).toHaveProperty('401');
    expect(locked.paths['/v2/health/live']!['get']!.security).toEqual([]);
    const open = await documentOf();
    expect(open.paths['/v2']!['get']!.security).toEqual([]);
    expect(open.components).not.toHaveProperty('securitySchemes');
  });

  it('shows requests that work', async () => {
    const { paths } = await documentOf();
    for (const [path, { post }] of Object.entries(paths)) {
      if (post === undefined || path.startsWith('/v2/repository/models')) continue;
      const url = path.replace('{model}', 'tiny').replace('{version}', '1');
      const body = JSON.stringify(post.requestBody!.content['application/json']!.example);
      const headers = { 'content-type': 'application/json' };
      const response = await appWith().request(url, { method: 'POST', body, headers });
      expect(response.status, `${path}: ${await response.text()}`).toBe(200);
    }
  });

  it('has the headers of binary tensors and of waiting', async () => {
    const { paths } = await documentOf();
    const { responses } = paths['/v2/models/{model}/infer']!['post']!;
    expect(responses['200']!.headers).toHaveProperty(JSON_LENGTH_HEADER);
    expect(responses['503']!.headers).toHaveProperty('Retry-After');
  });
});
