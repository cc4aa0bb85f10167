import type { ReceivedRequest } from '../channel.ts';
import { formOf } from '../payload.ts';
import { base64Bytes, verifyHmac } from '../signature.ts';
import type { TwilioSettings } from './channel.ts';

/**
 * `X-Twilio-Signature`: base64 of the HMAC-SHA1 of the address and, sorted by name, each parameter's name and value.
 * Source: Twilio, "Validating Requests are coming from Twilio".
 */
export async function verify(
  { method, url, headers, body }: ReceivedRequest,
  { authToken, webhookUrl }: Pick<TwilioSettings, 'authToken' | 'webhookUrl'>,
): Promise<boolean> {
  if (method !== 'POST') return false;
  const parameters = sortedParameters(body);
  const signature = base64Bytes(headers.get('x-twilio-signature'));
  // Twilio leaves a usual port out or not, as the address was entered.
  const addresses = withAndWithoutPort(webhookUrl ?? url);
  const checks = addresses.map((address) => {
    const signed = new TextEncoder().encode(address + parameters);
    return verifyHmac({ hash: 'SHA-1', secrets: authToken, signed, signature });
  });
  return (await Promise.all(checks)).includes(true);
}

function sortedParameters(body: Uint8Array): string {
  try {
    const names = Object.entries(formOf(body)).sort(([one], [other]) => (one < other ? -1 : 1));
    return names.map(([name, value]) => name + value).join('');
  } catch {
    // No form of Twilio's: then no signature is right.
    return '\0';
  }
}

function withAndWithoutPort(address: string): string[] {
  const { protocol, host, port } = new URL(address);
  if (port !== '') return [address];
  const usualPort = protocol === 'https:' ? 443 : 80;
  return [address, address.replace(host, `${host}:${usualPort}`)];
}
