/** Of the package, what is called here: its own types bring Node's globals along, which the worker does not have. */
export function verifyKey(
  rawBody: Uint8Array | string,
  signature: string,
  timestamp: string,
  clientPublicKey: string,
): Promise<boolean>;
