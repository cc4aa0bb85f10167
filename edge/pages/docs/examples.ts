import type { SnippetProps } from '../snippet.tsx';
import { credential, type Endpoint } from './description.ts';

/** Stands for this server's address where the reference is made before a server is there. */
export const ADDRESS = 'https://edge.tandem.invalid';

/** An operation's request in three languages, from its description alone. */
export function examplesOf(endpoint: Endpoint): SnippetProps[] {
  const request = exampleRequest(endpoint);
  return [
    { name: 'curl', language: 'shell', code: inCurl(request) },
    { name: 'TypeScript', language: 'typescript', code: inTypeScript(request) },
    { name: 'Python', language: 'python', code: inPython(request) },
  ];
}

interface ExampleRequest {
  method: string;
  url: string;
  /** The variable that holds the credential. */
  variable: string | null;
  body: unknown;
  /** Whether the answer has a body in JSON. */
  answersJson: boolean;
}

function exampleRequest(endpoint: Endpoint): ExampleRequest {
  const { method, path, requestBody, responses } = endpoint;
  const variables = { key: 'TANDEM_API_KEY', admin: 'ADMIN_TOKEN' };
  const needed = credential(endpoint);
  const success = Object.entries(responses).find(([status]) => status.startsWith('2'));
  return {
    method,
    url: ADDRESS + withPlaceholders(path),
    variable: needed && variables[needed],
    body: requestBody?.content['application/json']?.example,
    answersJson: success?.[1].content?.['application/json'] !== undefined,
  };
}

/** `/v1/sessions/{id}` → `/v1/sessions/SESSION_ID`. */
export function withPlaceholders(path: string): string {
  return path.replace(
    /([\w-]+?)(ies|s)?\/\{\w+\}/g,
    (_, thing: string, plural = '') =>
      `${thing}${plural}/${(thing + (plural === 'ies' ? 'y' : '')).replaceAll('-', '_').toUpperCase()}_ID`,
  );
}

function inCurl({ method, url, variable, body }: ExampleRequest): string {
  const plain = body === undefined ? 'GET' : 'POST';
  const lines = [
    `curl ${method === plain ? '' : `-X ${method} `}${url}`,
    ...(variable === null ? [] : [`  -H "authorization: Bearer $${variable}"`]),
    ...(body === undefined
      ? []
      : ["  -H 'content-type: application/json'", `  -d '${shellQuoted(JSON.stringify(body, null, 2))}'`]),
  ];
  return lines.join(' \\\n');
}

function shellQuoted(text: string): string {
  return text.replaceAll("'", `'\\''`);
}

function inTypeScript({ method, url, variable, body, answersJson }: ExampleRequest): string {
  const headers = [
    ...(variable === null ? [] : [`authorization: \`Bearer \${process.env.${variable}}\``]),
    ...(body === undefined ? [] : ["'content-type': 'application/json'"]),
  ];
  const options = [
    ...(method === 'GET' ? [] : [`method: '${method}'`]),
    ...(headers.length === 0 ? [] : [`headers: { ${headers.join(', ')} }`]),
    ...(body === undefined ? [] : [`body: JSON.stringify(${indented(JSON.stringify(body, null, 2))})`]),
  ];
  const init = options.length === 0 ? '' : `, {\n${options.map((option) => `  ${option},\n`).join('')}}`;
  return `const response = await fetch('${url}'${init});
console.log(response.status${answersJson ? ', await response.json()' : ''});`;
}

function inPython({ method, url, variable, body, answersJson }: ExampleRequest): string {
  const options = [
    ...(variable === null ? [] : [`headers={"authorization": f"Bearer {os.environ['${variable}']}"}`]),
    ...(body === undefined ? [] : [`json=${indented(pythonLiteral(body), '    ')}`]),
  ];
  const rest = options.map((option) => `\n    ${option},`).join('');
  return `${variable === null ? '' : 'import os\n'}import requests

response = requests.${method.toLowerCase()}(\n    "${url}",${rest}\n)
print(response.status_code${answersJson ? ', response.json()' : ''})`;
}

function indented(text: string, by = '  '): string {
  return text.replaceAll('\n', `\n${by}`);
}

/** JSON with Python's words for what it calls otherwise. */
export function pythonLiteral(value: unknown, indent = ''): string {
  const inner = `${indent}  `;
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((one) => `${inner}${pythonLiteral(one, inner)},\n`).join('')}${indent}]`;
  }
  if (typeof value === 'object') {
    const entries = Object.entries(value);
    if (entries.length === 0) return '{}';
    const lines = entries.map(
      ([name, one]) => `${inner}${JSON.stringify(name)}: ${pythonLiteral(one, inner)},\n`,
    );
    return `{\n${lines.join('')}${indent}}`;
  }
  return JSON.stringify(value);
}
