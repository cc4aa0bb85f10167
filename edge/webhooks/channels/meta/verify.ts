import type { ReceivedRequest, Secrets } from '../channel.ts';
import { hexBytes, isSecret, verifyHmac } from '../signature.ts';

/** What WhatsApp and Messenger, both Meta's, sign with. */
export interface MetaSecrets {
  appSecret: Secrets;
  verifyToken: Secrets;
}

/**
 * `X-Hub-Signature-256`, `sha256=` and the HMAC-SHA256 of the body in hexadecimal; of the challenge, the token that we chose.
 * Source: Meta's "Webhooks, Getting Started".
 */
export function verify(
  { method, url, headers, body }: ReceivedRequest,
  { appSecret, verifyToken }: MetaSecrets,
): Promise<boolean> {
  if (method === 'GET') return isSecret(new URL(url).searchParams.get('hub.verify_token'), verifyToken);
  const signature = /^sha256=(.*)$/.exec(headers.get('x-hub-signature-256') ?? '')?.[1];
  return verifyHmac({
    hash: 'SHA-256',
    secrets: appSecret,
    signed: body,
    signature: hexBytes(signature),
  });
}
