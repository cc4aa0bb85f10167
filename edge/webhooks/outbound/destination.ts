import { isLoopback } from '../../keys/loopback.ts';
import { isAddress, specialAddress } from './special-addresses.ts';

/** An address that requests of ours may be sent to, as it is to be asked for; or why it is none, to stand after its parameter's name. */
export type DestinationCheck = { allowed: true; url: string } | { allowed: false; reason: string };

const MAX_URL_CHARS = 2_000;
const HTTPS_PORT = '';
/** Below it are the ports of other protocols. */
const FIRST_USER_PORT = 1_024;

/** Ends of names that no public resolver knows, or that lead back to the machine or network that asks. */
const PRIVATE_SUFFIXES = [
  'localhost',
  'localdomain',
  'local',
  'internal',
  'svc',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
  'home.arpa',
  'in-addr.arpa',
  'ip6.arpa',
  'test',
  'invalid',
  'onion',
  'alt',
  'metadata.goog',
];

/**
 * Whether requests that others have us make may be sent to an address: only to public https ones. What is judged is the host that the URL parser
 * finds, in the one form that it gives to each spelling of it, and that form is what is asked for later.
 *
 * Nothing is resolved here. A public name that leads to a private address is refused where the request leaves: Cloudflare's
 * network has no way to its customers' private addresses, nor a loopback of anybody's.
 * @param options.allowLoopback in development mode: this machine, also without encryption
 */
export function checkDestination(
  text: string,
  { allowLoopback }: { allowLoopback: boolean },
): DestinationCheck {
  if (text.length > MAX_URL_CHARS) return refused(`must have at most ${MAX_URL_CHARS} characters`);
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    return refused('must be an address, such as "https://example.com/hook"');
  if (url.username !== '' || url.password !== '') return refused('must not hold a user’s name or password');
  // It is never sent.
  url.hash = '';
  if (allowLoopback && isLoopback(url.hostname)) return { allowed: true, url: url.href };
  if (url.protocol !== 'https:') return refused('must begin with "https://"');
  const reason = problemOfHost(url.hostname) ?? problemOfPort(url.port);
  return reason === null ? { allowed: true, url: url.href } : refused(reason);
}

function problemOfHost(host: string): string | null {
  if (isAddress(host)) {
    const kind = specialAddress(host);
    return kind && `leads to ${kind} (${host}): only public ones are asked`;
  }
  const labels = host.replace(/\.$/, '').split('.');
  if (labels.some((label) => label === '')) return 'must have a name of labels with one dot between';
  const name = labels.join('.');
  const isPrivate = PRIVATE_SUFFIXES.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
  if (isPrivate || labels.length < 2) return `leads to a private name (${name}): only public ones are asked`;
  return null;
}

function problemOfPort(port: string): string | null {
  const isAllowed = port === HTTPS_PORT || Number(port) >= FIRST_USER_PORT;
  return isAllowed ? null : `has port ${port}: allowed are 443 and those from ${FIRST_USER_PORT}`;
}

function refused(reason: string): DestinationCheck {
  return { allowed: false, reason };
}
