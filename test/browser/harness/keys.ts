import { inject } from 'vitest';
import { EDGE_URL } from './visit.ts';

/** What an owner makes with the admin token for a site. */
export async function createPublishableKey(origin: string, limits: object = {}): Promise<string> {
  const response = await fetch(`${EDGE_URL}/admin/v1/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${inject('adminToken')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'publishable', origins: [origin], limits }),
  });
  if (!response.ok) throw new Error(`The edge made no key: ${await response.text()}`);
  return ((await response.json()) as { key: string }).key;
}
