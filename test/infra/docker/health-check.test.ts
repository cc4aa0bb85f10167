import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { PROJECT } from '../../../infra/paths.ts';
import { freePort } from '../../end-to-end/free-port.ts';
import { makeCertificate } from '../../gpu-backend/http/certificates.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Answers /v2/health/ready with a status, and returns its port. */
async function answering(status: number, isTls = false): Promise<string> {
  const listener: RequestListener = ({ url }, response) => {
    response.statusCode = url === '/v2/health/ready' ? status : 404;
    response.end();
  };
  const server = isTls
    ? createHttpsServer(makeCertificate('elsewhere'), listener)
    : createHttpServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return String((server.address() as AddressInfo).port);
}

async function check(variables: Record<string, string>): Promise<{ code: number; errors: string }> {
  const child: ChildProcess = spawn(process.execPath, [join(PROJECT, 'infra/docker/health-check.ts')], {
    env: { PATH: process.env['PATH'], ...variables },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [[code], errors] = await Promise.all([once(child, 'exit'), text(child.stderr!)]);
  return { code, errors };
}

describe('the health check of the image', () => {
  it('passes while the backend is ready', async () => {
    expect(await check({ BACKEND_PORT: await answering(200) })).toEqual({ code: 0, errors: '' });
  });

  it('says what is wrong while it is not, and where nobody listens', async () => {
    const draining = await check({ BACKEND_PORT: await answering(503) });
    expect(draining).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/^not ready: .* answers 503\n$/),
    });
    const gone = await check({ BACKEND_PORT: String(await freePort()) });
    expect(gone).toMatchObject({ code: 1, errors: expect.stringContaining('ECONNREFUSED') });
  });

  it('speaks TLS where the backend does, whatever name its certificate has', async () => {
    const variables = { BACKEND_PORT: await answering(200, true), TLS_CERT_FILE: '/certificates/tls.crt' };
    expect(await check(variables)).toEqual({ code: 0, errors: '' });
  });

  it('asks at the port for what watches where there is one', async () => {
    const variables = { METRICS_PORT: await answering(200), BACKEND_PORT: '1', TLS_CERT_FILE: '/tls.crt' };
    expect(await check(variables)).toEqual({ code: 0, errors: '' });
  });
});
