/** HEALTHCHECK's program: ends with 0 while the backend is ready to answer requests, with 1 and a reason otherwise. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import http from 'node:http';
import https from 'node:https';

const { METRICS_PORT, TLS_CERT_FILE, BACKEND_PORT } = process.env;
// The port for whatever watches is never behind TLS.
const isTls = !METRICS_PORT && Boolean(TLS_CERT_FILE);
const url = `${isTls ? 'https' : 'http'}://127.0.0.1:${METRICS_PORT || BACKEND_PORT || 9000}/v2/health/ready`;

try {
  // The certificate is for the name that clients know, and nobody stands between this process and its own container.
  const asked = isTls ? https.get(url, { rejectUnauthorized: false }) : http.get(url);
  const [{ statusCode }] = (await once(asked, 'response')) as [IncomingMessage];
  if (statusCode !== 200) throw new Error(`${url} answers ${statusCode}`);
  process.exit(0);
} catch (error) {
  console.error(`not ready: ${(error as Error).message}`);
  process.exit(1);
}
