import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpServer } from '../../../gpu-backend/http/http-server.ts';

const LIMITS = { maxConnections: 3, requestTimeoutSeconds: 1, keepAliveSeconds: 75 };

let server: Server;
beforeAll(async () => {
  server = createHttpServer(async (request) => {
    if (request.url.endsWith('/fault')) throw new Error('node 17: bad allocation');
    return new Response(await request.text());
  }, LIMITS);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => void server.close());

function open(): Socket {
  return connect((server.address() as AddressInfo).port, '127.0.0.1');
}

/** What comes back for these bytes until the server closes the connection. */
async function exchange(bytes: string): Promise<{ status: number; body: string }> {
  const socket = open();
  socket.write(bytes);
  const [head, ...body] = (await text(socket)).split('\r\n\r\n');
  return { status: Number(head!.split(' ')[1]), body: body.join('\r\n\r\n') };
}

describe('createHttpServer', () => {
  it('serves what is HTTP', async () => {
    const request = 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi';
    expect(await exchange(request)).toMatchObject({ status: 200, body: expect.stringContaining('hi') });
  });

  it.each([
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['a Host that is none', 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400],
    ['an unknown expectation', 'GET / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n', 417],
    ['no HTTP at all', 'HELLO\r\n\r\n', 400],
    ['headers that are too long', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    ['a fault', 'GET /fault HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 500],
  ])("answers %s in the protocol's form", async (_, bytes, expected) => {
    const { status, body } = await exchange(bytes);
    expect(status).toBe(expected);
    const json = body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1);
    expect(JSON.parse(json)).toEqual({ error: expect.stringMatching(/^(?!.*allocation).+\.$/) });
  });
});

describe('connections', () => {
  it.each([
    ['send nothing', ''],
    ['stop in their headers', 'POST / HTTP/1.1\r\nHost: a\r\nX: '],
    ['stop in their body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf'],
  ])('that %s are answered 408 and closed', async (_, bytes) => {
    expect(await exchange(bytes)).toMatchObject({
      status: 408,
      body: expect.stringContaining('Request Timeout'),
    });
  });

  it('are kept for the next request, and clients are told how long', async () => {
    const socket = open();
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^Keep-Alive: timeout=75\r$/im);
    socket.destroy();
  });

  it('past the limit are closed as they come', async () => {
    const sockets = Array.from({ length: LIMITS.maxConnections }, open);
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    expect(await text(open())).toBe('');
    for (const socket of sockets) socket.destroy();
  });
});
