import type * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { version } from '../../package.json';
import { createApp } from '../../edge/app.ts';
import { openapiDocument } from '../../edge/openapi/document.ts';
import committed from '../../edge/openapi/openapi.json.txt';
import type { Operation } from '../../edge/openapi/operation.ts';
import { OPERATIONS } from '../../edge/openapi/operations.ts';
import { expectSentence, json, sayBack, testApp } from './test-app.ts';

const operation = (id: string): Operation => OPERATIONS.find((each) => each.id === id)!;

describe('openapi.json', () => {
  it('is what the schemas say: `npm run openapi` writes it anew', () => {
    expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(openapiDocument(OPERATIONS, version))));
  });

  it('is served to everybody, whoever’s page they are on', async () => {
    const response = await testApp().request('GET', '/openapi.json', {
      headers: { origin: 'http://127.0.0.1' },
    });
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect((await json(response)).openapi).toBe('3.1.1');
  });

  it('has an operation for each route, and a route for each operation', () => {
    // For people, as the console is.
    const pages = ['/', '/docs', '/playground'];
    const routes = createApp(testApp({ settings: { ADMIN_TOKEN: 'a'.repeat(40) } }).dependencies)
      .routes.filter(
        ({ method, path }) => method !== 'ALL' && !pages.includes(path) && !path.startsWith('/console'),
      )
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)(\{.*?\})?/g, '{$1}')}`);
    const described = OPERATIONS.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(new Set(routes)).toEqual(new Set(described));
    expect(new Set(OPERATIONS.map(({ id }) => id)).size).toBe(OPERATIONS.length);
  });

  it('refers to nothing that is not there', () => {
    const document = JSON.parse(committed);
    const references = [...committed.matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, path]) => path!.split('/'));
    expect(references.length).toBeGreaterThan(50);
    for (const path of references) {
      expect(
        path.reduce((at, name) => at?.[name], document),
        path.join('/'),
      ).toBeDefined();
    }
  });

  it('names a retry where one is worth it', () => {
    for (const path of Object.values(JSON.parse(committed).paths)) {
      for (const { responses } of Object.values(
        path as Record<string, { responses: Record<string, unknown> }>,
      )) {
        if (responses['429']) expect(responses['429']).toHaveProperty('headers.retry-after');
      }
    }
  });
});

describe('an answer', () => {
  const user = { role: 'user', content: 'hello' };
  it.each<[string, string, string, unknown]>([
    ['createChatCompletion', 'POST', '/v1/chat/completions', { messages: [user] }],
    ['createChatCompletion', 'POST', '/v1/chat/completions', { messages: [user], logprobs: true }],
    ['createCompletion', 'POST', '/v1/completions', { prompt: 'hello', logprobs: 0 }],
    ['listModels', 'GET', '/v1/models', undefined],
    ['retrieveModel', 'GET', '/v1/models/tandem-mini', undefined],
    ['tokenize', 'POST', '/v1/tokenize', { messages: [user] }],
    ['detokenize', 'POST', '/v1/detokenize', { tokens: [5] }],
    ['runInference', 'POST', '/models/tandem-mini', { inputs: ['hello', 'hello'] }],
    ['runInference', 'POST', '/models/tandem-mini', { inputs: { text: 'hello' } }],
    ['getHealth', 'GET', '/healthz', undefined],
    ['getDescription', 'GET', '/openapi.json', undefined],
  ])('to %s is as it is described: %s %s %j', async (id, method, path, body) => {
    const app = testApp({ backend: sayBack('i like dogs.') });
    const response = await app.request(method, path, body === undefined ? {} : { body });
    const { schema } = operation(id).answers.find(({ status }) => status === response.status)!;
    expect((schema as z.ZodType).safeParse(await json(response)).error).toBeUndefined();
  });

  it.each(OPERATIONS.filter(({ body }) => body).map(({ id, body }) => [id, body!]))(
    'may be asked for as its example does: %s',
    (_, { schema, example }) => {
      expect(schema.safeParse(example).error).toBeUndefined();
    },
  );

  it('of an error is a sentence for each code', async () => {
    const { error } = await json(testApp().request('POST', '/v1/tokenize', { body: {} }));
    expectSentence(error);
    expect(operation('tokenize').errors).toContain(error.code);
  });
});
