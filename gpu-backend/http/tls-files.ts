import { readFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { Log } from '../log.ts';

/** Where a server's certificate lies, in PEM. */
export interface TlsFiles {
  /** The certificate, and those between it and the root. */
  certFile: string;
  keyFile: string;
  /** Who signs clients' certificates; where it is set, nobody without one gets in. */
  clientCaFile: string | undefined;
}

// Certificates are renewed days before they end.
const LOOK_EVERY_MS = 2_000;

/**
 * The files' content, as Node's TLS servers take it.
 * @throws {Error} with one line that names the file or says what is wrong with the pair
 */
export function readTlsFiles({ certFile, keyFile, clientCaFile }: TlsFiles): SecureContextOptions {
  const context: SecureContextOptions = {
    cert: readPem('TLS_CERT_FILE', certFile),
    key: readPem('TLS_KEY_FILE', keyFile),
    ...(clientCaFile !== undefined && { ca: readPem('TLS_CLIENT_CA_FILE', clientCaFile) }),
    minVersion: 'TLSv1.2',
  };
  try {
    createSecureContext(context);
  } catch (error) {
    throw new Error(`TLS_CERT_FILE and TLS_KEY_FILE do not fit together: ${(error as Error).message}.`);
  }
  return context;
}

/**
 * Takes what the files hold once it is another than `inUse`, for the connections that come from then on. Files that cannot
 * be used, as while the second of two is still to be written, change nothing. The function returned ends it.
 */
export function reloadTlsFiles(
  server: Server,
  { files, inUse }: { files: TlsFiles; inUse: SecureContextOptions },
  log: Log,
): () => void {
  let current = JSON.stringify(inUse);
  let complaint = '';
  // Looked at, not listened to: a mounted secret is replaced behind links, of which no event tells.
  const timer = setInterval(() => {
    try {
      const context = readTlsFiles(files);
      if (JSON.stringify(context) === current) return;
      server.setSecureContext(context);
      current = JSON.stringify(context);
      complaint = '';
      log({ event: 'certificate reloaded' });
    } catch (error) {
      const { message } = error as Error;
      if (message !== complaint) log({ event: 'certificate kept', level: 'warn', message });
      complaint = message;
    }
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function readPem(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`${variable} cannot be read: ${(error as Error).message}.`);
  }
}
