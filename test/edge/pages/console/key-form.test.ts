import { describe, expect, it } from 'vitest';
import { fieldsOfKey } from '../../../../edge/pages/console/key-fields.tsx';
import { keyBody, readKeyFields } from '../../../../edge/pages/console/key-form.ts';

describe('the form of a key', () => {
  it('is what the admin API takes: a quota left empty is none', () => {
    const form = {
      name: ' my shop ',
      origins: 'https://a.example\r\n https://b.example\n\n',
      safety: 'on',
      requests: '10,000',
      'requests-window': '3600',
      tokens: '',
    };
    expect(keyBody(readKeyFields(form))).toEqual({
      name: 'my shop',
      origins: ['https://a.example', 'https://b.example'],
      safety: true,
      limits: {
        requests: { limit: 10_000, window_seconds: 3_600 },
        tokens: null,
        'session-requests': null,
        'session-tokens': null,
      },
    });
  });

  it('comes back as it was filled, and fills itself from a key', () => {
    const limits = { requests: null, tokens: { limit: 5, window_seconds: 90 }, 'session-requests': null };
    const key = {
      ...{ id: 'key_0', object: 'key' as const, kind: 'publishable' as const, name: 'x', safety: false },
      ...{
        origins: ['https://a.example'],
        limits,
        created_at: 0,
        revoked_at: null,
        old_key_valid_until: null,
      },
    };
    const fields = fieldsOfKey(key);
    expect(fields).toMatchObject({ safety: false, limits: { tokens: { limit: '5', window: '90' } } });
    expect(keyBody(fields)['limits']).toEqual({ tokens: { limit: 5, window_seconds: 90 } });
  });

  it('takes files and nonsense for nothing typed', () => {
    const file = new File(['x'], 'x');
    expect(readKeyFields({ name: file, origins: file, requests: file })).toMatchObject({
      name: '',
      origins: '',
      limits: { requests: { limit: '', window: '86400' } },
    });
  });
});
