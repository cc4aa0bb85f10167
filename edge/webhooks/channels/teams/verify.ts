import type { ReceivedRequest } from '../channel.ts';
import { base64Bytes, verifyHmac } from '../signature.ts';
import type { TeamsSettings } from './channel.ts';

/**
 * `Authorization: HMAC …`, base64 of the HMAC-SHA256 of the body under the bytes of the security token.
 * Source: Microsoft, "Create Outgoing Webhooks".
 */
export async function verify(
  { method, headers, body }: ReceivedRequest,
  { securityToken }: TeamsSettings,
): Promise<boolean> {
  if (method !== 'POST') return false;
  const signature = /^HMAC\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  return verifyHmac({
    hash: 'SHA-256',
    secrets: securityToken.map((token) => base64Bytes(token)!),
    signed: body,
    signature: base64Bytes(signature),
  });
}
