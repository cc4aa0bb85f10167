/** Whose webhooks: a key's, by its id, or development mode's, which knows nobody. It is the name of their object. */
export const DEVELOPMENT_OWNER = 'development';

export function ownerOf(keyId: string | null): string {
  return keyId ?? DEVELOPMENT_OWNER;
}

export function keyIdOf(owner: string): string | null {
  return owner === DEVELOPMENT_OWNER ? null : owner;
}

/** The name of the object that holds the deliveries of one webhook. */
export function deliveriesName(owner: string, webhookId: string): string {
  return `${owner}/${webhookId}`;
}

export function parseDeliveriesName(name: string): { owner: string; webhookId: string } {
  const [owner, webhookId] = name.split('/') as [string, string];
  return { owner, webhookId };
}
