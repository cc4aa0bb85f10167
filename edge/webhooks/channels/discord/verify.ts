import type { ReceivedRequest } from '../channel.ts';
import { hexBytes, isRecent, textThenBytes } from '../signature.ts';
import type { DiscordSettings } from './channel.ts';

/** Ed25519 of the time and the body: Discord, "Setting Up an Endpoint". Discord sends wrong ones now and then, to see. */
export async function verify(
  { headers, body }: ReceivedRequest,
  { publicKey }: Pick<DiscordSettings, 'publicKey'>,
  nowSeconds: number,
): Promise<boolean> {
  const timestamp = headers.get('x-signature-timestamp');
  const signature = hexBytes(headers.get('x-signature-ed25519')) ?? new Uint8Array(64);
  const isGenuine = await isSigned(publicKey, { signature, signed: textThenBytes(timestamp ?? '', body) });
  return isGenuine && isRecent(timestamp, nowSeconds);
}

async function isSigned(
  publicKey: string,
  { signature, signed }: { signature: Uint8Array; signed: Uint8Array },
): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', hexBytes(publicKey)!, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', key, signature, signed);
  } catch {
    // No point of the curve.
    return false;
  }
}
