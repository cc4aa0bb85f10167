/** Stands where a server's address cannot be told. */
const UNKNOWN = 'https://tandem.example';

const DNS_NAME = /^[a-z\d](?:[a-z\d.-]*[a-z\d])?$/;
const IPV6 = /^\[[\da-f:.]+\]$/;

/**
 * The address that a request was sent to, to be shown in lines that people paste into their shells: `https://host:port`. A
 * request names its host itself, and a URL's may hold quotes, `$(…)` and `;`: whatever is no plain name is not shown.
 */
export function serverAddress(request: Request): string {
  const { protocol, hostname, origin } = new URL(request.url);
  const isWeb = protocol === 'https:' || protocol === 'http:';
  return isWeb && (DNS_NAME.test(hostname) || IPV6.test(hostname)) ? origin : UNKNOWN;
}
