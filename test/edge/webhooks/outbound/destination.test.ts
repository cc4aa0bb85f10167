import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDestination } from '../../../../edge/webhooks/outbound/destination.ts';
import { specialAddress } from '../../../../edge/webhooks/outbound/special-addresses.ts';

const check = (text: string) => checkDestination(text, { allowLoopback: false });

describe('a destination', () => {
  it.each([
    ['https://example.com/hook', 'https://example.com/hook'],
    ['https://Example.COM', 'https://example.com/'],
    ['https://example.com:443/a?b=c#d', 'https://example.com/a?b=c'],
    ['https://example.com:8443/', 'https://example.com:8443/'],
    ['https://example.com./', 'https://example.com./'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['https://localhost.example.com/', 'https://localhost.example.com/'],
    ['https://8.8.8.8/', 'https://8.8.8.8/'],
    ['https://0x08080808/', 'https://8.8.8.8/'],
    ['https://172.32.0.1/', 'https://172.32.0.1/'],
    ['https://[2606:4700::1111]/', 'https://[2606:4700::1111]/'],
  ])('may be %s, asked for as %s', (text, url) => {
    expect(check(text)).toEqual({ allowed: true, url });
  });

  it.each([
    // Of every kind.
    ['https://127.0.0.1/', 'loopback'],
    ['https://127.255.255.254:8443/', 'loopback'],
    ['https://10.1.2.3/', 'private'],
    ['https://172.16.0.1/', 'private'],
    ['https://172.31.255.255/', 'private'],
    ['https://192.168.1.1/', 'private'],
    ['https://100.64.0.1/', 'provider'],
    ['https://169.254.1.1/', 'link-local'],
    ['https://169.254.169.254/latest/meta-data/', 'metadata'],
    ['https://168.63.129.16/', 'metadata'],
    ['https://100.100.100.200/', 'metadata'],
    ['https://0.0.0.0/', 'unspecified'],
    ['https://224.0.0.1/', 'multicast'],
    ['https://255.255.255.255/', 'reserved'],
    ['https://198.18.0.1/', 'benchmarks'],
    ['https://192.0.2.1/', 'documentation'],
    ['https://[::1]/', 'loopback'],
    ['https://[::]/', 'unspecified'],
    ['https://[fe80::1]/', 'link-local'],
    ['https://[fc00::1]/', 'private'],
    ['https://[fec0::1]/', 'private'],
    ['https://[fd00:ec2::254]/', 'metadata'],
    ['https://[ff02::1]/', 'multicast'],
    ['https://[2001:db8::1]/', 'documentation'],
    ['https://[4000::1]/', 'reserved'],
    // In every spelling.
    ['https://2130706433/', 'loopback'],
    ['https://017700000001/', 'loopback'],
    ['https://0x7f000001/', 'loopback'],
    ['https://0x7f.1/', 'loopback'],
    ['https://127.1/', 'loopback'],
    ['https://127.0.1/', 'loopback'],
    ['https://0177.0.0.01/', 'loopback'],
    ['https://0/', 'unspecified'],
    ['https://127.0.0.1./', 'loopback'],
    ['https://１２７.０.０.１/', 'loopback'],
    ['https://127。0。0。1/', 'loopback'],
    ['https://%31%32%37.0.0.1/', 'loopback'],
    ['https://ⓛocalhost/', 'private name'],
    ['https://[::ffff:127.0.0.1]/', 'inside IPv6'],
    ['https://[::ffff:7f00:1]/', 'inside IPv6'],
    ['https://[::127.0.0.1]/', 'inside IPv6'],
    ['https://[0:0:0:0:0:0:0:1]/', 'loopback'],
    ['https://[64:ff9b::10.0.0.1]/', 'inside IPv6'],
    ['https://[64:ff9b:1::a00:1]/', 'inside IPv6'],
    ['https://[2002:7f00:1::]/', 'inside IPv6'],
    ['https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/', 'reserved'],
    ['https://[fe80::1%25eth0]/', 'must be an address'],
    ['https://127.0.0.1\\@example.com/', 'loopback'],
    ['https://example.com@127.0.0.1/', 'name or password'],
    ['https://user:secret@example.com/', 'name or password'],
    // By name.
    ['https://localhost/', 'private name'],
    ['https://LOCALHOST./', 'private name'],
    ['https://a.localhost/', 'private name'],
    ['https://printer.local/', 'private name'],
    ['https://metadata.google.internal/', 'private name'],
    ['https://router.home.arpa/', 'private name'],
    ['https://backend.tandem.svc/', 'private name'],
    ['https://backend.tandem.svc.cluster.local/', 'private name'],
    ['https://host.docker.internal/', 'private name'],
    ['https://intranet/', 'private name'],
    ['https://example..com/', 'one dot'],
    // And what is no such address at all.
    ['http://example.com/', 'https://'],
    ['http://127.0.0.1/', 'https://'],
    ['ftp://example.com/', 'must be an address'],
    ['javascript:alert(1)', 'must be an address'],
    ['example.com', 'must be an address'],
    ['', 'must be an address'],
    ['https://1.2.3.4.5/', 'must be an address'],
    ['https://256.1.1.1/', 'must be an address'],
    ['https://example.com:22/', 'port 22'],
  ])('may not be %s: %s', (text, reason) => {
    expect(check(text)).toEqual({ allowed: false, reason: expect.stringContaining(reason) });
  });

  it('may have two thousand characters and no more', () => {
    const path = 'a'.repeat(2_000 - 'https://example.com/'.length);
    expect(check(`https://example.com/${path}`).allowed).toBe(true);
    expect(check(`https://example.com/${path}a`)).toMatchObject({
      reason: 'must have at most 2000 characters',
    });
  });

  it('may be this machine in development mode, and no other that is private', () => {
    const inDevelopment = (text: string) => checkDestination(text, { allowLoopback: true }).allowed;
    for (const text of [
      'http://127.0.0.1:9999/hook',
      'http://localhost:80/',
      'https://[::1]/',
      'http://0x7f.1:1234/',
    ])
      expect(inDevelopment(text), text).toBe(true);
    for (const text of [
      'http://example.com/',
      'https://10.0.0.1/',
      'https://169.254.169.254/',
      'https://a.local/',
    ])
      expect(inDevelopment(text), text).toBe(false);
  });
});

/** An IPv4 address in one of the ways that URLs may spell it: fewer parts, other bases, other digits. */
const spelled = (octets: fc.Arbitrary<number[]>) =>
  fc
    .tuple(octets, fc.integer({ min: 1, max: 4 }), fc.infiniteStream(fc.nat(2)), fc.nat(4))
    .map(([bytes, count, bases, disguise]) => {
      const tail = bytes.slice(count - 1).reduce((sum, byte) => sum * 256 + byte, 0);
      const inBase = (part: number) =>
        [String(part), `0x${part.toString(16)}`, `0${part.toString(8)}`][bases.next().value!]!;
      const host = [...bytes.slice(0, count - 1), tail].map(inBase).join('.');
      const wide = (text: string) =>
        text.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
      const encoded = (text: string) => text.replace(/\d/g, (digit) => `%3${digit}`);
      return [host, `${host}.`, wide(host), encoded(host), host.replaceAll('.', '。')][disguise]!;
    });
const byte = fc.nat(255);

describe('whatever is sent as a destination', () => {
  it('leads to no private IPv4 address, however it is spelled', () => {
    const privates = fc.oneof(
      fc.tuple(fc.constantFrom(0, 10, 127, 224, 240, 255), byte, byte, byte),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
      fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
      fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
      fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), byte, byte),
    );
    const hosts = fc.oneof(
      spelled(privates),
      privates.map((bytes) => `[::ffff:${bytes.join('.')}]`),
      privates.map((bytes) => `[64:ff9b::${bytes.join('.')}]`),
    );
    fc.assert(
      fc.property(hosts, fc.constantFrom('', ':443', ':8443'), (host, port) => {
        expect(check(`https://${host}${port}/hook`).allowed, host).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is taken where it is a public IPv4 address, in the one form that the parser gives it', () => {
    const publics = fc.tuple(fc.integer({ min: 11, max: 99 }), byte, byte, byte);
    fc.assert(
      fc.property(
        publics.chain((bytes) => fc.tuple(fc.constant(bytes), spelled(fc.constant(bytes)))),
        ([bytes, host]) => {
          expect(check(`https://${host}/`)).toEqual({ allowed: true, url: `https://${bytes.join('.')}/` });
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('is judged by the host that the URL parser finds, and asked for there', () => {
    const pieces = fc.constantFrom(
      ...['https:', 'http:', '//', '/', '\\', '@', ':', '.', '#', '?', '%', '[', ']', '\t', ' ', '。', '％'],
      ...[
        '127.0.0.1',
        '::1',
        '0x7f',
        'localhost',
        'example.com',
        '8.8.8.8',
        '2606:4700::1111',
        '65536',
        '443',
        'ß',
        '\u00ad',
      ],
    );
    const texts = fc.oneof(
      fc.webUrl({ validSchemes: ['https'] }),
      fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
      fc.array(pieces, { maxLength: 8 }).map((parts) => `https://${parts.join('')}`),
      fc.ipV6().map((address) => `https://[${address}]/`),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const checked = check(text);
        if (!checked.allowed) {
          expect(checked.reason).toMatch(/^(must|leads|has) /);
          return;
        }
        const [asked, found] = [new URL(checked.url), new URL(text)];
        expect(asked.host).toBe(found.host);
        // Asked for again, it is the same address: nothing is left that a second parser could read otherwise.
        expect(check(checked.url)).toEqual(checked);
        expect(asked.protocol).toBe('https:');
        expect(asked.username + asked.password + asked.hash).toBe('');
        expect(specialAddress(asked.hostname)).toBeNull();
        expect(asked.hostname).toMatch(/\.|:/);
      }),
      { numRuns: 10_000 },
    );
  });
});
