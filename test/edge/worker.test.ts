import { SELF } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { json } from './test-app.ts';

describe('the worker as it is deployed', () => {
  it('starts and answers with its real bindings', async () => {
    expect(await json(SELF.fetch('https://edge.example/v1/models'))).toMatchObject({ object: 'list' });
    const { id } = await json(SELF.fetch('https://edge.example/v1/sessions', { method: 'POST' }));
    expect(await json(SELF.fetch(`https://edge.example/v1/sessions/${id}`))).toMatchObject({
      id,
      messages: [],
    });
  });
});
