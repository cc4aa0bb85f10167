import type { ReceivedRequest } from '../../../edge/webhooks/channels/channel.ts';

/** What channels do: they sign what they send. */
const encoder = new TextEncoder();

export async function hmacHex(secret: string, text: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign']);
  return hex(await crypto.subtle.sign('HMAC', key, encoder.encode(text)));
}

export function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export async function slackHeaders(
  body: string,
  options: { secret: string; nowSeconds: number; contentType?: string },
): Promise<Record<string, string>> {
  const { secret, nowSeconds, contentType = 'application/json' } = options;
  return {
    'content-type': contentType,
    'x-slack-request-timestamp': String(nowSeconds),
    'x-slack-signature': `v0=${await hmacHex(secret, `v0:${nowSeconds}:${body}`)}`,
  };
}

/** A request as the route hands it on. */
export function received(
  body: string | Uint8Array,
  { headers = {}, method = 'POST' as const, url = 'https://edge.example/webhooks/int_1' } = {},
): ReceivedRequest {
  return {
    method,
    url,
    headers: new Headers(headers),
    body: typeof body === 'string' ? encoder.encode(body) : body,
  };
}
