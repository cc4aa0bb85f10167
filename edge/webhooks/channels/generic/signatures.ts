import type { ChannelCall, KeptMessage, ReceivedRequest } from '../channel.ts';
import { base64Bytes, isRecent, textThenBytes, verifyEd25519, verifyHmac } from '../signature.ts';
import type { GenericSettings } from './channel.ts';

/** What the ids of replies begin with: by it one that comes back, also from another Tandem, is known. */
const REPLY_PREFIX = 'tandem_reply_';
const SECRET_PREFIX = 'whsec_';
const PUBLIC_PREFIX = 'whpk_';
/** More would only cost time: a sender has a few secrets while they rotate. */
const MAX_SIGNATURES = 10;

/**
 * `webhook-signature`: `v1,` and base64 of the HMAC-SHA256 of `{id}.{timestamp}.{body}`, or `v1a,` and base64 of its Ed25519 signature
 * where the sender's public key is known; several with spaces between.
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function verify(
  { method, headers, body }: ReceivedRequest,
  { signingSecret, publicKey }: Pick<GenericSettings, 'signingSecret' | 'publicKey'>,
  nowSeconds: number,
): Promise<boolean> {
  const id = headers.get('webhook-id');
  const timestamp = headers.get('webhook-timestamp');
  if (method !== 'POST' || !id || id.length > 300) return false;
  const signed = textThenBytes(`${id}.${timestamp}.`, body);
  const hmacs = signaturesOf(headers, 'v1').map((signature) =>
    verifyHmac({ hash: 'SHA-256', secrets: keysOf(signingSecret), signed, signature }),
  );
  const key = publicKey === undefined ? null : base64Bytes(publicKey.slice(PUBLIC_PREFIX.length));
  const ed25519s = signaturesOf(headers, 'v1a').map(
    async (signature) => key !== null && verifyEd25519(key, { signature, signed }),
  );
  return (await Promise.all([...hmacs, ...ed25519s])).includes(true) && isRecent(timestamp, nowSeconds);
}

/** Those of one version; null for what is no base64. */
function signaturesOf(headers: Headers, version: 'v1' | 'v1a'): (Uint8Array | null)[] {
  return (headers.get('webhook-signature') ?? '')
    .split(' ')
    .filter((signature) => signature.startsWith(`${version},`))
    .slice(0, MAX_SIGNATURES)
    .map((signature) => base64Bytes(signature.slice(`${version},`.length)));
}

/** Whether a Tandem said this. The id is signed: nothing on the way can have changed it. */
export function isReply({ headers }: Pick<ReceivedRequest, 'headers'>): boolean {
  return headers.get('webhook-id')!.startsWith(REPLY_PREFIX);
}

/** A call with the standard's headers, signed with each secret that is valid: the receiver has one or the other. */
export async function signCall(
  call: ChannelCall,
  { deliveryId }: Pick<KeptMessage, 'deliveryId'>,
  { signingSecret }: Pick<GenericSettings, 'signingSecret'>,
  nowSeconds: number,
): Promise<ChannelCall> {
  const id = REPLY_PREFIX + deliveryId;
  const signed = new TextEncoder().encode(`${id}.${nowSeconds}.${call.body}`);
  const signatures = keysOf(signingSecret).map(async (bytes) => {
    const hmac = { name: 'HMAC', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('raw', bytes, hmac, false, ['sign']);
    const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, signed));
    return `v1,${btoa(String.fromCharCode(...signature))}`;
  });
  return {
    ...call,
    headers: {
      ...call.headers,
      'webhook-id': id,
      'webhook-timestamp': String(nowSeconds),
      'webhook-signature': (await Promise.all(signatures)).join(' '),
    },
  };
}

function keysOf(secrets: GenericSettings['signingSecret']): Uint8Array[] {
  return secrets.map((secret) => base64Bytes(secret.slice(SECRET_PREFIX.length))!);
}
