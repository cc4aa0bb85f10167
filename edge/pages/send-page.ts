import type { Context } from 'hono';
import type { JSX } from 'hono/jsx/jsx-runtime';

/** A page as an answer. It holds the address that it was asked at, so nobody else is handed it from a cache. */
export function sendPage(c: Context, page: JSX.Element) {
  c.header('cache-control', 'private, no-cache');
  return c.html(`<!doctype html>${page}`);
}
