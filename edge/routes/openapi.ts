/// <reference path="../openapi/text-modules.d.ts" />
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import type { AppEnv } from '../dependencies.ts';
import description from '../openapi/openapi.json.txt';

/** What the edge says of itself, for whoever makes clients or pages of it. A text that is there already: nothing is read or made. */
export function openapiRoutes() {
  return new Hono<AppEnv>().get('/', cors(), (c) =>
    c.body(description, 200, { 'content-type': 'application/json', 'cache-control': 'public, max-age=3600' }),
  );
}
