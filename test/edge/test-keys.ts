import { expect } from 'vitest';
import { json, type TestApp, type TestAppOptions, testApp } from './test-app.ts';

export const ADMIN_TOKEN = 'an-admin-token-for-tests-long-enough';

/** An edge as it is deployed, with all that keys need. */
export function keyedApp({ settings, ...options }: TestAppOptions = {}) {
  const app = testApp({
    ...options,
    settings: {
      DEVELOPMENT_MODE: 'false',
      ADMIN_TOKEN,
      SESSION_TOKEN_SECRET: 'a-secret-for-session-tokens-in-tests',
      SEALING_SECRET: 'a-secret-to-seal-with-in-these-tests',
      ...settings,
    },
  });
  const adminRequest = (method: string, path: string, body?: unknown) =>
    app.request(method, `/admin/v1${path}`, { body, headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
  const admin = (method: string, path: string, body?: unknown) => adminRequest(method, `/keys${path}`, body);
  return { ...app, adminRequest, admin };
}

export type KeyedApp = ReturnType<typeof keyedApp>;

export interface TestKey {
  id: string;
  key: string;
}

export async function createKey(app: KeyedApp, choices: object = {}): Promise<TestKey> {
  const response = await app.admin('POST', '', { kind: 'secret', ...choices });
  expect(response.status).toBe(201);
  return json(response);
}

export const ORIGIN = 'https://shop.example';

export const createPublishableKey = (app: KeyedApp, choices: object = {}) =>
  createKey(app, { kind: 'publishable', origins: [ORIGIN], ...choices });

/** The headers of a request with a key or token, from a page where one is named. */
export function holding(credential: string, origin?: string): Record<string, string> {
  return { authorization: `Bearer ${credential}`, ...(origin !== undefined && { origin }) };
}

/** A publishable key traded for a token, as a page does it. */
export async function tradeKey(app: TestApp, key: string, body: object = {}): Promise<string> {
  const response = await app.request('POST', '/v1/session-tokens', { body, headers: holding(key, ORIGIN) });
  expect(response.status).toBe(201);
  return (await json(response)).token;
}
