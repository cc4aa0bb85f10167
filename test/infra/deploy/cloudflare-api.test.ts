import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { CloudflareApi } from '../../../infra/deploy/cloudflare-api.ts';

/** The API with something in Cloudflare's place that counts how often it is asked. */
async function apiBefore(listener: RequestListener, timeoutMs?: number) {
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api = new CloudflareApi({ base, token: 't', ...(timeoutMs !== undefined && { timeoutMs }) });
  return { read: () => api.get(z.object({ id: z.string() }), '/thing'), asked: () => asked };
}

const SUCCESS = JSON.stringify({ success: true, result: { id: '1' } });

it.each<[string, RequestListener]>([
  ['an answer that never comes', () => {}],
  ['an answer that never ends', (_, response) => response.writeHead(200).write(SUCCESS.slice(0, 9))],
])('does not wait forever for %s, and says what to do', async (_, listener) => {
  const { read, asked } = await apiBefore(listener, 50);
  await expect(read()).rejects.toThrow(
    /^Cloudflare’s API does not answer within 0.05 s, asked 3 times\. Look whether this machine reaches http:.* try again\.$/,
  );
  expect(asked()).toBe(3);
});

it('asks again where an answer breaks off', async () => {
  let isFirst = true;
  const { read, asked } = await apiBefore((_, response) => {
    if (!isFirst) return void response.end(SUCCESS);
    isFirst = false;
    response.writeHead(200, { 'content-length': SUCCESS.length }).write(SUCCESS.slice(0, 9));
    setImmediate(() => response.destroy());
  });
  expect(await read()).toEqual({ id: '1' });
  expect(asked()).toBe(2);
});

it('does not ask again where it is refused', async () => {
  const errors = [{ code: 10_000, message: 'Authentication error' }];
  const { read, asked } = await apiBefore((_, response) =>
    response.writeHead(403).end(JSON.stringify({ success: false, result: null, errors })),
  );
  await expect(read()).rejects.toThrow(/refuses \/thing: Authentication error \[code: 10000\]\. The token/);
  expect(asked()).toBe(1);
});
