import type { Middleware, ServerOptions } from '../context.ts';

/** Sends clients elsewhere for their next request once the process is about to end. */
export function closeWhileDraining(isDraining: ServerOptions['isDraining']): Middleware {
  return async (c, next) => {
    await next();
    if (isDraining()) c.header('Connection', 'close');
  };
}
