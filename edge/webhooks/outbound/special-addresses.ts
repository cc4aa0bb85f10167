/**
 * Addresses that are nobody's on the public internet, as IANA's registries of special-purpose addresses list them, and those
 * at which clouds tell a machine its secrets. The first that fits names an address.
 * Sources: https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry
 */
const IPV4_BLOCKS = [
  ['169.254.169.254/32', 'a metadata address'],
  ['168.63.129.16/32', 'a metadata address'],
  ['100.100.100.200/32', 'a metadata address'],
  ['192.0.0.192/32', 'a metadata address'],
  ['0.0.0.0/8', 'an unspecified address'],
  ['10.0.0.0/8', 'a private address'],
  ['100.64.0.0/10', 'a shared address of a provider’s network'],
  ['127.0.0.0/8', 'a loopback address'],
  ['169.254.0.0/16', 'a link-local address'],
  ['172.16.0.0/12', 'a private address'],
  ['192.0.0.0/24', 'a reserved address'],
  ['192.0.2.0/24', 'an address for documentation'],
  ['192.88.99.0/24', 'a reserved address'],
  ['192.168.0.0/16', 'a private address'],
  ['198.18.0.0/15', 'an address for benchmarks'],
  ['198.51.100.0/24', 'an address for documentation'],
  ['203.0.113.0/24', 'an address for documentation'],
  ['224.0.0.0/4', 'a multicast address'],
  ['240.0.0.0/4', 'a reserved address'],
] as const;

const IPV6_BLOCKS = [
  ['::1/128', 'a loopback address'],
  ['::/128', 'an unspecified address'],
  // Each of these four can mean any IPv4 address, private ones too.
  ['::ffff:0:0/96', 'an IPv4 address inside IPv6'],
  ['::/96', 'an IPv4 address inside IPv6'],
  ['64:ff9b::/32', 'an IPv4 address inside IPv6'],
  ['2002::/16', 'an IPv4 address inside IPv6'],
  ['2001::/23', 'a reserved address'],
  ['2001:db8::/32', 'an address for documentation'],
  ['3fff::/20', 'an address for documentation'],
  ['fd00:ec2::254/128', 'a metadata address'],
  ['fd20:ce::254/128', 'a metadata address'],
  ['fc00::/7', 'a private address'],
  ['fe80::/10', 'a link-local address'],
  ['fec0::/10', 'a private address'],
  ['ff00::/8', 'a multicast address'],
] as const;

/** All that is given out of IPv6 so far; the rest is nobody's yet. */
const GLOBAL_UNICAST = '2000::/3';

interface Block {
  start: bigint;
  /** Bits after the prefix. */
  hostBits: bigint;
  name: string;
}

const ipv4Blocks = IPV4_BLOCKS.map(([block, name]) => parseBlock(block, name));
const ipv6Blocks = IPV6_BLOCKS.map(([block, name]) => parseBlock(block, name));
const globalUnicast = parseBlock(GLOBAL_UNICAST, '');

/** What kind of special address a host is, with its article; null for a public address, and for a name. @param host a URL's */
export function specialAddress(host: string): string | null {
  if (isIpv4(host)) return nameIn(ipv4Blocks, parseIpv4(host));
  if (!host.startsWith('[')) return null;
  const address = parseIpv6(host.slice(1, -1));
  return nameIn(ipv6Blocks, address) ?? (isIn(globalUnicast, address) ? null : 'a reserved address');
}

/** Whether a URL's host is an address; the parser writes each IPv4 address, however it was spelled, as four numbers. */
export function isAddress(host: string): boolean {
  return host.startsWith('[') || isIpv4(host);
}

function isIpv4(host: string): boolean {
  return /^\d+(\.\d+){3}$/.test(host);
}

function nameIn(blocks: Block[], address: bigint): string | null {
  return blocks.find((block) => isIn(block, address))?.name ?? null;
}

function isIn({ start, hostBits }: Block, address: bigint): boolean {
  return address >> hostBits === start >> hostBits;
}

function parseBlock(block: string, name: string): Block {
  const [address, prefix] = block.split('/') as [string, string];
  const isV6 = address.includes(':');
  const start = isV6 ? parseIpv6(address) : parseIpv4(address);
  return { start, hostBits: BigInt((isV6 ? 128 : 32) - Number(prefix)), name };
}

function parseIpv4(address: string): bigint {
  return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

/** Of the form that URLs have: groups of hexadecimal digits, at most one "::", no dots. */
function parseIpv6(address: string): bigint {
  const [before = '', after] = address.split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const [head, tail] = [groups(before), groups(after)];
  const zeros = new Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}
