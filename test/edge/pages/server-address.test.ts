import { describe, expect, it } from 'vitest';
import { serverAddress } from '../../../edge/pages/server-address.ts';

describe('the address that pages show', () => {
  it.each([
    ['https://chat.example.com/docs', 'https://chat.example.com'],
    ['http://127.0.0.1:8787/', 'http://127.0.0.1:8787'],
    ['http://localhost:1/', 'http://localhost:1'],
    ['http://[::1]:8787/', 'http://[::1]:8787'],
    ['https://tandem.workers.dev/?a=$(b)', 'https://tandem.workers.dev'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example'],
  ])('is that of the request: %s', (url, address) => {
    expect(serverAddress(new Request(url))).toBe(address);
  });

  it.each([
    'https://$(reboot).example/',
    'https://`reboot`/',
    "https://a';reboot;'/",
    'https://a"onclick="b/',
    'https://a&b/',
    'https://-rf.example/',
    'https://a_b.example/',
    'https://{a,b}.example/',
  ])('is nobody’s where the request names no plain host: %s', (url) => {
    expect(serverAddress({ url } as Request)).toBe('https://tandem.example');
  });

  it('has nothing of a user, a password or a path', () => {
    expect(serverAddress({ url: 'https://user:pass@host.example/a?b#c' } as Request)).toBe(
      'https://host.example',
    );
  });
});
