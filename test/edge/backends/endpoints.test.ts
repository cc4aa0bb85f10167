import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../edge/env.ts';

const read = (variables: object) => readSettings({ ...env, ...variables }).backends.endpoints;

describe('the backends of the variables', () => {
  it('are the one of BACKEND_URL', () => {
    expect(read({ BACKEND_URL: 'https://one.example/', BACKEND_TOKEN: 't' })).toEqual([
      { name: '1', url: 'https://one.example', token: 't', weight: 1 },
    ]);
  });

  const list = [
    { url: 'https://a.example/', weight: 3 },
    { url: 'https://b.example', name: 'spare', token_secret: 'SPARE_TOKEN' },
  ];
  it.each([
    ['a list', list],
    ['JSON', JSON.stringify(list)],
  ])('are those of BACKENDS, as %s, with tokens that are secrets of their own', (_, BACKENDS) => {
    expect(read({ BACKENDS, BACKEND_TOKEN: 'common', SPARE_TOKEN: 'own' })).toEqual([
      { name: '1', url: 'https://a.example', token: 'common', weight: 3 },
      { name: 'spare', url: 'https://b.example', token: 'own', weight: 1 },
    ]);
  });

  it.each([
    ['no JSON', 'https://a.example', /BACKENDS: must be a list/],
    ['an empty list', [], /BACKENDS: must hold at least one/],
    ['a wrong address', [{ url: 'ftp://a' }], /BACKENDS\.0\.url: must be one http or https address/],
    ['no weight', [{ url: 'https://a', weight: 0 }], /BACKENDS\.0\.weight/],
    ['a token in the open', [{ url: 'https://a', token: 'x' }], /token/],
    [
      'one name twice',
      [{ url: 'https://a', name: '2' }, { url: 'https://b' }],
      / BACKENDS: two backends have the name "2"/,
    ],
    [
      'a secret that is not set',
      [{ url: 'https://a', token_secret: 'NOPE' }],
      / BACKENDS: the secret "NOPE" is not set/,
    ],
  ])('are refused: %s', (_, BACKENDS, message) => {
    expect(() => read({ BACKENDS })).toThrow(message);
  });

  it.each([
    ['no list', 'https://a.example', /CANDIDATE_BACKENDS: must be a list/],
    ['a wrong address', [{ url: 'ftp://a' }], /CANDIDATE_BACKENDS\.0\.url: must be one/],
    [
      'one name twice',
      [{ url: 'https://a', name: 'candidate-2' }, { url: 'https://b' }],
      /CANDIDATE_BACKENDS: two backends have the name "candidate-2"/,
    ],
    [
      'a secret that is not set',
      [{ url: 'https://a', token_secret: 'NOPE' }],
      /CANDIDATE_BACKENDS: the secret "NOPE" is not set/,
    ],
  ])('of a candidate are refused by their own variable’s name: %s', (_, CANDIDATE_BACKENDS, message) => {
    expect(() => read({ CANDIDATE_MODEL_NAME: 'next', CANDIDATE_BACKENDS })).toThrow(message);
  });

  it('are asked for where there are none', () => {
    expect(() => read({ BACKEND_URL: undefined })).toThrow(/BACKEND_URL: must be one/);
  });
});
