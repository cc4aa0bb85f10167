import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../../edge/openapi/operations.ts';
import { ERRORS } from '../../../../edge/errors.ts';
import { ADDRESS } from '../../../../edge/pages/docs/examples.ts';
import { testApp } from '../../test-app.ts';

const page = async () => (await testApp().request('GET', 'http://127.0.0.1:8787/docs')).text();

describe('the reference', () => {
  it('has every operation, with examples in three languages', async () => {
    const sections = (await page()).split('<section class="operation"').slice(1);
    expect(sections).toHaveLength(OPERATIONS.length);
    for (const { id, summary, path, method } of OPERATIONS) {
      const section = sections.find((each) => each.includes(`id="${id}"`))!;
      expect(section, id).toContain(`data-method="${method.toUpperCase()}" data-path="${path}"`);
      expect(section).toContain(summary);
      expect([...section.matchAll(/<p class="snippet-name">(\w+)/g)].map(([, name]) => name)).toEqual([
        'curl',
        'TypeScript',
        'Python',
      ]);
    }
  });

  it('links to every operation', async () => {
    const html = await page();
    for (const { id } of OPERATIONS) expect(html).toContain(`href="#${id}" data-operation="${id}"`);
  });

  it('tells what every error means', async () => {
    const html = await page();
    for (const code of Object.keys(ERRORS)) expect(html).toContain(`<code>${code}</code>`);
  });

  it('has this server’s address in its examples', async () => {
    const html = await page();
    expect(html).not.toContain(ADDRESS);
    expect(html).toContain('http://127.0.0.1:8787/v1/chat/completions');
  });

  it('offers the key that pages of this server have, if there is one', async () => {
    const { createKeyId, createKeyText } = await import('../../../../edge/keys/key-text.ts');
    const key = createKeyText({ kind: 'publishable', id: createKeyId() });
    const response = await testApp({ settings: { CHAT_KEY: key } }).request('GET', '/docs');
    expect(await response.text()).toContain(`value="${key}"`);
  });
});
