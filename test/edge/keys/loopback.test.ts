import { describe, expect, it } from 'vitest';
import { isLocalRequest, isLoopback, isLoopbackOrigin } from '../../../edge/keys/loopback.ts';

describe('isLoopback', () => {
  it.each(['localhost', 'LOCALHOST', 'tandem.localhost', '127.0.0.1', '127.9.8.7', '::1', '[::1]'])(
    'knows %s',
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  it.each([
    '',
    'example.com',
    'localhost.example.com',
    'notlocalhost',
    '127.0.0.1.example.com',
    '128.0.0.1',
    '0.0.0.0',
    '192.168.0.1',
    '10.127.0.0.1',
    '::',
    '::2',
    '127.0.0',
  ])('does not take %j for it', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe('isLoopbackOrigin', () => {
  it.each([
    ['http://localhost:5173', true],
    ['http://127.0.0.1', true],
    ['http://[::1]:3000', true],
    ['https://localhost.example.com', false],
    ['https://example.com', false],
    ['null', false],
    ['', false],
  ])('answers for %j', (origin, expected) => {
    expect(isLoopbackOrigin(origin)).toBe(expected);
  });
});

describe('isLocalRequest', () => {
  const local = { 'cf-connecting-ip': '127.0.0.1' };

  it.each([
    ['http://127.0.0.1:8787/', local, true],
    ['http://localhost:8787/v1/models', { 'cf-connecting-ip': '::1' }, true],
    // What Cloudflare's edge sends on, whatever host its client asked for.
    ['https://tandem.example/', { 'cf-connecting-ip': '203.0.113.7', 'cf-ray': '8f-AMS' }, false],
    ['http://127.0.0.1/', { 'cf-connecting-ip': '203.0.113.7', 'cf-ray': '8f-AMS' }, false],
    ['http://127.0.0.1/', { 'cf-connecting-ip': '127.0.0.1', 'cf-ray': '8f-AMS' }, false],
    // A neighbour, where the edge listens on all addresses.
    ['http://127.0.0.1:8787/', { 'cf-connecting-ip': '192.168.0.9' }, false],
    // A name that was made to resolve to loopback.
    ['http://evil.example:8787/', local, false],
    // A tunnel or a proxy on this machine.
    ['http://127.0.0.1:8787/', { ...local, 'x-forwarded-for': '203.0.113.7' }, false],
    ['http://127.0.0.1:8787/', { ...local, forwarded: 'for=203.0.113.7' }, false],
    // Another worker's service binding: nobody accepted a connection.
    ['http://127.0.0.1/', {}, false],
  ])('answers for %s with %j', (url, headers, expected) => {
    expect(isLocalRequest(new Request(url, { headers }))).toBe(expected);
  });
});
