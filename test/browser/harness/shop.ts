import { afterAll, beforeAll } from 'vitest';
import { type HostPage, type HostSite, startHostSite } from './host-site.ts';
import { createPublishableKey } from './keys.ts';
import { embed } from './widget.ts';

/**
 * A shop's site for the tests of a file. Returns the function that publishes a page with the widget and gives its address.
 * @param attributes of the script: `data-mode="inline"`
 */
export function openShop(): (attributes?: string, page?: Partial<HostPage>) => string {
  let site: HostSite;
  let key: string;
  beforeAll(async () => {
    site = await startHostSite();
    key = await createPublishableKey(site.origin);
  });
  afterAll(() => site?.close());
  return (attributes = '', { head = '', ...page } = {}) =>
    site.publish({
      head: head + embed(key, attributes),
      body: '<main><h1>A shop</h1><button id="buy">Buy</button></main>',
      ...page,
    });
}
