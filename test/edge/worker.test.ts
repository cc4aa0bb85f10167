import { SELF } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { json } from './test-app.ts';

describe('the worker as it is deployed', () => {
  it('starts, and serves nobody without a key', async () => {
    expect((await SELF.fetch('https://edge.example/')).status).toBe(200);
    const response = await SELF.fetch('https://edge.example/v1/models');
    expect(response.status).toBe(401);
    expect(await json(response)).toMatchObject({ error: { code: 'missing_api_key' } });
  });

  it('names its version in each line of the log', async () => {
    const written = vi.spyOn(console, 'log').mockImplementation(() => {});
    await SELF.fetch('https://edge.example/v1/models');
    const lines = written.mock.calls.map(([line]) => JSON.parse(line));
    written.mockRestore();
    expect(lines).toMatchObject([{ event: 'request', status: 401, version_id: env.VERSION.id }]);
    expect(env.VERSION.id).toMatch(/./);
  });
});
