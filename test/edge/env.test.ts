import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createKeyId, createKeyText } from '../../edge/keys/key-text.ts';
import { readSettings } from '../../edge/env.ts';

describe('readSettings', () => {
  it('reads what wrangler.toml says', () => {
    expect(readSettings({ ...env, SEALING_SECRET: '' })).toEqual({
      developmentMode: false,
      adminToken: null,
      metricsToken: null,
      sessionTokens: null,
      sealingSecrets: null,
      chatKey: null,
      turnstile: null,
      webhookRetrySeconds: [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
      modelName: 'tandem-mini',
      candidate: null,
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

  it('reads a second model with its share, and with the first one’s backends where it has none', () => {
    const read = (more: object) => readSettings({ ...env, CANDIDATE_MODEL_NAME: 'next', ...more }).candidate;
    expect(read({})).toEqual({
      modelName: 'next',
      share: 0,
      endpoints: [{ name: '1', url: 'http://127.0.0.1:9000', token: null, weight: 1 }],
    });
    const own = '[{"url": "https://new.example/", "token_secret": "NEW"}]';
    expect(read({ CANDIDATE_SHARE: '0.2', CANDIDATE_BACKENDS: own, NEW: 'abc' })).toEqual({
      modelName: 'next',
      share: 0.2,
      endpoints: [{ name: 'candidate-1', url: 'https://new.example', token: 'abc', weight: 1 }],
    });
    expect(read({ CANDIDATE_MODEL_NAME: '' })).toBe(null);
    for (const share of ['-0.1', '20', 'some'])
      expect(() => read({ CANDIDATE_SHARE: share })).toThrow('SHARE');
    expect(() => read({ CANDIDATE_MODEL_NAME: 'tandem-mini' })).toThrow('is MODEL_NAME too');
    expect(() => read({ CANDIDATE_BACKENDS: own })).toThrow('the secret "NEW" is not set');
  });

  it('takes the schedule of webhooks as a list and as text', () => {
    const read = (value: unknown) =>
      readSettings({ ...env, WEBHOOK_RETRY_SECONDS: value }).webhookRetrySeconds;
    expect(read([0, 1.5])).toEqual([0, 1.5]);
    expect(read('0, 5,60')).toEqual([0, 5, 60]);
    for (const wrong of ['', '0,soon', '-1', [], [1e9]])
      expect(() => read(wrong)).toThrow('WEBHOOK_RETRY_SECONDS');
  });

  it('names every variable that is wrong', () => {
    const wrong = { ...env, BACKEND_URL: 'localhost:9000', SESSION_TTL_SECONDS: 5, MODEL_NAME: undefined };
    expect(() => readSettings(wrong)).toThrow(/MODEL_NAME.*BACKEND_URL.*SESSION_TTL_SECONDS/s);
  });

  it('reads the secrets that keys need, and refuses weak ones by name', () => {
    const secret = 'x'.repeat(32);
    const secrets = { ADMIN_TOKEN: secret, SESSION_TOKEN_SECRET: secret, TURNSTILE_SECRET: 'abc' };
    expect(readSettings({ ...env, ...secrets })).toMatchObject({
      adminToken: secret,
      sessionTokens: { secret, ttlSeconds: 900 },
      turnstile: { secret: 'abc', url: 'https://challenges.cloudflare.com/turnstile/v0/siteverify' },
    });
    expect(readSettings({ ...env, ADMIN_TOKEN: '' }).adminToken).toBe(null);
    const older = 'y'.repeat(32);
    expect(readSettings({ ...env, SEALING_SECRET: `${secret},${older}` }).sealingSecrets).toEqual([
      secret,
      older,
    ]);
    expect(readSettings({ ...env, SEALING_SECRET: '' }).sealingSecrets).toBe(null);
    const secretKey = createKeyText({ kind: 'secret', id: createKeyId() });
    expect(() => readSettings({ ...env, CHAT_KEY: secretKey })).toThrow(
      /CHAT_KEY: must be a publishable key/,
    );
    const weak = {
      ADMIN_TOKEN: 'secret',
      SESSION_TOKEN_SECRET: 'x'.repeat(31),
      SEALING_SECRET: `${secret},`,
    };
    expect(() => readSettings({ ...env, ...weak })).toThrow(
      /ADMIN_TOKEN: must have 32.*SESSION_TOKEN_SECRET.*SEALING_SECRET: must be one secret of 32/s,
    );
  });
});
