import type { ReceivedRequest } from '../channel.ts';
import { hexBytes, isRecent, textThenBytes, verifyHmac } from '../signature.ts';
import type { SlackSettings } from './channel.ts';

/** `v0=` and the HMAC-SHA256, in hexadecimal, of `v0:{time}:{body}`: Slack, "Verifying requests from Slack". */
export async function verify(
  { headers, body }: ReceivedRequest,
  { signingSecret }: Pick<SlackSettings, 'signingSecret'>,
  nowSeconds: number,
): Promise<boolean> {
  const timestamp = headers.get('x-slack-request-timestamp');
  const signature = /^v0=(.*)$/.exec(headers.get('x-slack-signature') ?? '')?.[1];
  const isGenuine = await verifyHmac({
    hash: 'SHA-256',
    secrets: signingSecret,
    signed: textThenBytes(`v0:${timestamp}:`, body),
    signature: hexBytes(signature),
  });
  return isGenuine && isRecent(timestamp, nowSeconds);
}
