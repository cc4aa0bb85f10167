import { createServer } from 'node:net';
import { UsageError, UserError } from '../user-error.ts';

export const LOOPBACK = '127.0.0.1';

/** A port from the environment. @throws {UsageError} naming the variable */
export function portFromEnvironment(variable: string, fallback: number, environment = process.env): number {
  const text = environment[variable];
  if (text === undefined || text === '') return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw new UsageError(`${variable} is "${text}": a port is a number from 1 to 65535.`);
}

/** @throws {UserError} where something listens on the port already, naming the variable that moves it */
export async function requireFreePort(port: number, variable: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const probe = createServer();
  probe.once('error', reject);
  probe.listen(port, LOOPBACK, () => probe.close(() => resolve()));
  try {
    await promise;
  } catch (error) {
    const cause = (error as NodeJS.ErrnoException).code === 'EACCES' ? 'may not be used' : 'is in use';
    throw new UserError(`port ${port} ${cause}: choose another with ${variable}=… npm start`);
  }
}
