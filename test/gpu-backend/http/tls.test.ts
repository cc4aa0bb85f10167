import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { request, Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHttpServer } from '../../../gpu-backend/http/http-server.ts';
import { listen } from '../../../gpu-backend/http/listen.ts';
import { readTlsFiles, reloadTlsFiles, type TlsFiles } from '../../../gpu-backend/http/tls-files.ts';
import type { LogLine } from '../../../gpu-backend/log.ts';
import { buildReferenceModel } from '../runtime/reference-model.ts';
import { BackendProcess } from '../server/backend-process.ts';
import { type Certificate, makeCertificate } from './certificates.ts';

const LIMITS = { maxConnections: 10, requestTimeoutSeconds: 5, keepAliveSeconds: 5 };

let folder: string;
let authority: Certificate;
let server: Server;
let log: LogLine[];
let stopReloading = () => {};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-tls-'));
  authority = makeCertificate('the authority');
  log = [];
});
afterEach(() => {
  stopReloading();
  server?.closeAllConnections();
  server?.close();
  rmSync(folder, { recursive: true });
});

function write(file: string, content: string): string {
  const path = join(folder, file);
  writeFileSync(path, content);
  return path;
}

function writePair({ cert, key }: Certificate): TlsFiles {
  return { certFile: write('cert.pem', cert), keyFile: write('key.pem', key), clientCaFile: undefined };
}

async function serve(files: TlsFiles): Promise<string> {
  const inUse = readTlsFiles(files);
  const created = createHttpServer(async (request) => new Response(await request.text()), LIMITS, inUse);
  expect(created).toBeInstanceOf(Server);
  server = created as Server;
  stopReloading = reloadTlsFiles(server, { files, inUse }, (line) => log.push(line));
  return listen(server, { host: '127.0.0.1', port: 0, variable: 'PORT' });
}

/** What the server echoes, and who it says that it is. */
function post(url: string, client: { ca?: string; cert?: string; key?: string } = {}) {
  return exchange(request(url, { method: 'POST', agent: false, ca: authority.cert, ...client }).end('hello'));
}

function get(url: string, client: { cert?: string; key?: string } = {}) {
  return exchange(request(url, { agent: false, ca: authority.cert, ...client }).end());
}

async function exchange(sent: ClientRequest) {
  const [response] = await once(sent, 'response');
  const { subject } = (response.socket as TLSSocket).getPeerCertificate();
  return { body: await text(response), name: subject.CN };
}

describe('a server with a certificate', () => {
  it('speaks HTTPS to who trusts its authority, and to nobody else', async () => {
    const url = await serve(writePair(makeCertificate('the backend', authority)));
    expect(url).toMatch(/^https:/);
    expect(await post(url)).toEqual({ body: 'hello', name: 'the backend' });
    await expect(post(url, { ca: makeCertificate('another').cert })).rejects.toThrow(/self-signed|verify/);
    await expect(fetch(url.replace('https', 'http'))).rejects.toThrow();
  });

  it('lets in clients whose certificate its authority signed, and no others', async () => {
    const pair = writePair(makeCertificate('the backend', authority));
    const clients = makeCertificate("the clients' authority");
    const url = await serve({ ...pair, clientCaFile: write('ca.pem', clients.cert) });
    const known = makeCertificate('the edge', clients);
    expect(await post(url, { cert: known.cert, key: known.key })).toMatchObject({ body: 'hello' });
    const stranger = makeCertificate('a stranger', authority);
    await expect(post(url, { cert: stranger.cert, key: stranger.key })).rejects.toThrow();
    await expect(post(url)).rejects.toThrow();
  });

  it('takes a new certificate without a restart, and keeps the old one while the files do not fit together', async () => {
    const url = await serve(writePair(makeCertificate('the old one', authority)));
    const renewed = makeCertificate('the new one', authority);
    write('cert.pem', renewed.cert);
    await vi.waitFor(
      () => expect(log).toContainEqual(expect.objectContaining({ event: 'certificate kept' })),
      20_000,
    );
    expect(await post(url)).toMatchObject({ name: 'the old one' });
    write('key.pem', renewed.key);
    await vi.waitFor(() => expect(log).toContainEqual({ event: 'certificate reloaded' }), 20_000);
    expect(await post(url)).toMatchObject({ name: 'the new one' });
  });
});

describe('the backend with certificates', () => {
  it('lets in the edge by its certificate, and probes by the port for what watches', async () => {
    const model = await buildReferenceModel();
    const pair = writePair(makeCertificate('the backend', authority));
    const backend = new BackendProcess({
      MODEL_DIR: model.directory,
      TLS_CERT_FILE: pair.certFile,
      TLS_KEY_FILE: pair.keyFile,
      TLS_CLIENT_CA_FILE: write('ca.pem', authority.cert),
      METRICS_PORT: '0',
    });
    await backend.logged('ready');
    const url = String((await backend.logged('listening'))['url']);
    const known = makeCertificate('the edge', authority);
    const asked = await get(`${url}/v2/models/tiny`, { cert: known.cert, key: known.key });
    expect(JSON.parse(asked.body)).toMatchObject({ name: 'tiny' });
    await expect(get(`${url}/v2/health/live`)).rejects.toThrow();
    const watched = String((await backend.logged('listening for metrics'))['url']);
    expect((await fetch(`${watched}/v2/health/ready`)).status).toBe(200);
    backend.signal('SIGTERM');
    expect(await backend.exited).toEqual({ code: 0 });
    await model.remove();
  });

  it.each([
    ['without its key', { TLS_CERT_FILE: 'cert.pem' }, 'TLS needs both TLS_CERT_FILE and TLS_KEY_FILE.'],
    [
      'that is not there',
      { TLS_CERT_FILE: '/not/there', TLS_KEY_FILE: '/not/there' },
      /TLS_CERT_FILE cannot be read: ENOENT/,
    ],
  ])('says in one line where there is one %s', async (_, environment, message) => {
    const model = await buildReferenceModel();
    const backend = new BackendProcess({ MODEL_DIR: model.directory, ...environment });
    expect(await backend.exited).toEqual({ code: 1 });
    expect(backend.stderr).toMatch(message);
    expect(backend.stderr.trim()).not.toContain('\n');
    await model.remove();
  });
});

describe('readTlsFiles', () => {
  it('says which file is missing, and whether key and certificate fit', () => {
    const pair = writePair(makeCertificate('a'));
    expect(() => readTlsFiles({ ...pair, keyFile: '/not/there' })).toThrow(
      /^TLS_KEY_FILE cannot be read: ENOENT/,
    );
    write('key.pem', makeCertificate('b').key);
    expect(() => readTlsFiles(pair)).toThrow(
      /^TLS_CERT_FILE and TLS_KEY_FILE do not fit together: [^\n]+\.$/,
    );
  });
});
