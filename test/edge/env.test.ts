import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../edge/env.ts';

describe('readSettings', () => {
  it('reads what wrangler.toml says', () => {
    expect(readSettings(env)).toEqual({
      developmentMode: false,
      modelName: 'tandem-mini',
      backends: {
        endpoints: [{ name: '1', url: 'http://127.0.0.1:9000', token: null, weight: 1 }],
        timeoutMs: 30_000,
      },
      sessionTtlSeconds: 2_592_000,
      maxMessageChars: 4_000,
      maxNumBeams: 20,
    });
  });

  it('takes numbers as text, as `--var` gives them', () => {
    expect(readSettings({ ...env, BACKEND_TIMEOUT_MS: '5000' }).backends.timeoutMs).toBe(5_000);
  });

  it('names every variable that is wrong', () => {
    const wrong = { ...env, BACKEND_URL: 'localhost:9000', SESSION_TTL_SECONDS: 5, MODEL_NAME: undefined };
    expect(() => readSettings(wrong)).toThrow(/MODEL_NAME.*BACKEND_URL.*SESSION_TTL_SECONDS/s);
  });
});
