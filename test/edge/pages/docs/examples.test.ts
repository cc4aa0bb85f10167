import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../../edge/pages/docs/description.ts';
import {
  ADDRESS,
  examplesOf,
  pythonLiteral,
  withPlaceholders,
} from '../../../../edge/pages/docs/examples.ts';

const endpoint = (fields: Partial<Endpoint> = {}): Endpoint => ({
  method: 'POST',
  path: '/v1/things',
  operationId: 'createThing',
  tags: [],
  summary: 'A thing',
  security: [{ key: [] }],
  responses: { 201: { description: 'It.', content: { 'application/json': {} } } },
  ...fields,
});
const withBody = (example: unknown) => ({
  requestBody: { required: true, content: { 'application/json': { schema: {}, example } } },
});
const codes = (one: Endpoint) =>
  Object.fromEntries(examplesOf(one).map(({ name, code }) => [name, code.replaceAll(ADDRESS, '')]));

describe('the examples of an operation', () => {
  it('send its example and its credential', () => {
    const { curl, TypeScript, Python } = codes(endpoint(withBody({ text: 'hi' })));
    expect(curl).toBe(`curl /v1/things \\
  -H "authorization: Bearer $TANDEM_API_KEY" \\
  -H 'content-type: application/json' \\
  -d '{
  "text": "hi"
}'`);
    expect(TypeScript).toBe(`const response = await fetch('/v1/things', {
  method: 'POST',
  headers: { authorization: \`Bearer \${process.env.TANDEM_API_KEY}\`, 'content-type': 'application/json' },
  body: JSON.stringify({
    "text": "hi"
  }),
});
console.log(response.status, await response.json());`);
    expect(Python).toBe(`import os
import requests

response = requests.post(
    "/v1/things",
    headers={"authorization": f"Bearer {os.environ['TANDEM_API_KEY']}"},
    json={
      "text": "hi",
    },
)
print(response.status_code, response.json())`);
  });

  it('send nothing that is not needed', () => {
    const { curl, TypeScript } = codes(endpoint({ method: 'GET', path: '/healthz', security: [] }));
    expect(curl).toBe('curl /healthz');
    expect(TypeScript).toBe(
      "const response = await fetch('/healthz');\nconsole.log(response.status, await response.json());",
    );
  });

  it('read no body where there is none', () => {
    const { curl, TypeScript, Python } = codes(
      endpoint({ method: 'DELETE', responses: { 204: { description: 'Gone.' } } }),
    );
    expect(curl).toMatch(/^curl -X DELETE \/v1/);
    expect(TypeScript).toContain('console.log(response.status);');
    expect(Python).toContain('print(response.status_code)');
  });

  it('name a POST without a body', () => {
    expect(codes(endpoint({ path: '/v1/things/{id}/revoke' }))['curl']).toMatch(
      /^curl -X POST \/v1\/things\/THING_ID/,
    );
  });

  it('take the admin token where that is what is asked for', () => {
    expect(codes(endpoint({ security: [{ admin: [] }] }))['curl']).toContain('Bearer $ADMIN_TOKEN');
  });

  it('stay one word of the shell, whatever the example holds', () => {
    expect(codes(endpoint(withBody({ text: "it's $(x)" })))['curl']).toContain(`it'\\''s $(x)`);
  });
});

it.each([
  ['/v1/sessions/{id}', '/v1/sessions/SESSION_ID'],
  ['/v1/sessions/{id}/messages/{message}', '/v1/sessions/SESSION_ID/messages/MESSAGE_ID'],
  ['/admin/v1/webhook-deliveries/{id}', '/admin/v1/webhook-deliveries/WEBHOOK_DELIVERY_ID'],
  ['/healthz', '/healthz'],
])('a path has words in place of its parameters: %s', (path, filled) => {
  expect(withPlaceholders(path)).toBe(filled);
});

it.each([
  [null, 'None'],
  [[true, false], '[\n  True,\n  False,\n]'],
  [{ a: { b: [] } }, '{\n  "a": {\n    "b": [],\n  },\n}'],
  ['None', '"None"'],
  [{}, '{}'],
])('JSON is written as Python has it: %j', (value, literal) => {
  expect(pythonLiteral(value)).toBe(literal);
});
