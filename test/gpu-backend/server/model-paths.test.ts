import { describe, expect, it } from 'vitest';
import { readPath } from '../../../gpu-backend/server/model-paths.ts';

const path = readPath(['tiny', 'org/tiny', 'org/tiny/int8', 'a b/c']);

describe('the path that routes see', () => {
  it.each([
    ['/v2/models/org/tiny', '/v2/models/org%2Ftiny'],
    ['/v2/models/org/tiny/', '/v2/models/org%2Ftiny'],
    ['/v2/models/org/tiny/infer?x=1', '/v2/models/org%2Ftiny/infer'],
    ['/v2/models/org/tiny/versions/1/ready', '/v2/models/org%2Ftiny/versions/1/ready'],
    ['/v2/models/org/tiny/int8/infer', '/v2/models/org%2Ftiny%2Fint8/infer'],
    ['/v2/models/a%20b/c/infer', '/v2/models/a%20b%2Fc/infer'],
    ['/v2/repository/models/org/tiny/load', '/v2/repository/models/org%2Ftiny/load'],
  ])('%s holds a name with slashes as one segment', (given, expected) => {
    expect(path(new Request(`http://backend${given}`))).toBe(expected);
  });

  it.each([
    '/v2/models/org%2Ftiny/infer',
    '/v2/models/tiny/infer',
    '/v2/models/org/tinyish/infer',
    '/v2/models/org',
    '/org/tiny',
    '/v2',
  ])('%s stays as it is', (given) => {
    expect(path(new Request(`http://backend${given}`))).toBe(given);
  });
});
