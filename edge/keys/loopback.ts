/** `localhost` and its kin, the addresses 127.0.0.0/8 and ::1; IPv6 with or without brackets. */
export function isLoopback(host: string): boolean {
  return /^(localhost|(.+\.)localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/** An origin as browsers write it, `http://localhost:5173`; "null" and nonsense are not loopback. */
export function isLoopbackOrigin(origin: string): boolean {
  return URL.canParse(origin) && isLoopback(new URL(origin).hostname);
}

/** What proxies add on the way: Cloudflare's edge, tunnels, reverse proxies. */
const PROXY_HEADERS = ['cf-ray', 'forwarded', 'x-forwarded-for'];

/**
 * Whether a request comes from this very machine to `wrangler dev`. The address asked for says what the client
 * wants to be seen (and keeps out a page whose name was made to resolve to loopback); the client's own address is
 * written by whoever accepts the connection; and nothing may have passed it on. Cloudflare's edge fails all three:
 * it overwrites cf-connecting-ip and adds cf-ray, whatever a client sends. `wrangler dev` believes a client that sends its
 * address itself: that it listens on loopback alone, as it does unless it is told otherwise, is what keeps neighbours out.
 */
export function isLocalRequest(request: Request): boolean {
  if (PROXY_HEADERS.some((name) => request.headers.has(name))) return false;
  const client = request.headers.get('cf-connecting-ip') ?? '';
  return isLoopback(new URL(request.url).hostname) && isLoopback(client);
}
