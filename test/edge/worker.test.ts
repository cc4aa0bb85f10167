import { SELF } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { json } from './test-app.ts';

describe('the worker as it is deployed', () => {
  it('starts, and serves nobody without a key', async () => {
    expect((await SELF.fetch('https://edge.example/')).status).toBe(200);
    const response = await SELF.fetch('https://edge.example/v1/models');
    expect(response.status).toBe(401);
    expect(await json(response)).toMatchObject({ error: { code: 'missing_api_key' } });
  });
});
