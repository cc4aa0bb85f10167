import type { ReceivedRequest } from '../channel.ts';
import { hexBytes, isRecent, textThenBytes, verifyEd25519 } from '../signature.ts';
import type { DiscordSettings } from './channel.ts';

/** Ed25519 of the time and the body: Discord, "Setting Up an Endpoint". Discord sends wrong ones now and then, to see. */
export async function verify(
  { headers, body }: ReceivedRequest,
  { publicKey }: Pick<DiscordSettings, 'publicKey'>,
  nowSeconds: number,
): Promise<boolean> {
  const timestamp = headers.get('x-signature-timestamp');
  const signature = hexBytes(headers.get('x-signature-ed25519'));
  const signed = textThenBytes(timestamp ?? '', body);
  const isGenuine = await verifyEd25519(hexBytes(publicKey)!, { signature, signed });
  return isGenuine && isRecent(timestamp, nowSeconds);
}
