import { expect } from 'vitest';
import type { TestAppOptions } from '../../test-app.ts';
import { ADMIN_TOKEN, type KeyedApp, keyedApp } from '../../test-keys.ts';

export const EDGE = 'https://edge.example';
export const FORM = 'application/x-www-form-urlencoded';

/** A browser before the console: it keeps the cookie, and says where its forms come from. */
export function browserOf(app: KeyedApp, { edge = EDGE } = {}) {
  let cookie = '';
  async function open(method: 'GET' | 'POST', path: string, form?: Record<string, string>) {
    const response = await app.request(method, edge + path, {
      headers: {
        ...(cookie !== '' && { cookie }),
        ...(method === 'POST' && { origin: edge, 'content-type': FORM }),
      },
      ...(form && { body: new URLSearchParams(form).toString() }),
    });
    const set = response.headers.get('set-cookie');
    if (set !== null) cookie = /max-age=0/i.test(set) ? '' : set.split(';')[0]!;
    return response;
  }
  return {
    get: (path: string) => open('GET', path),
    post: (path: string, form: Record<string, string> = {}) => open('POST', path, form),
    text: async (path: string) => (await open('GET', path)).text(),
    get cookie() {
      return cookie;
    },
  };
}

export async function loggedIn(options: TestAppOptions = {}) {
  const app = keyedApp(options);
  const browser = browserOf(app);
  expect((await browser.post('/console/login', { token: ADMIN_TOKEN })).status).toBe(303);
  return { app, browser };
}

/** Where a response leads. */
export const to = (response: Response) => [response.status, response.headers.get('location')];
