import { describe, expect, it } from 'vitest';
import { createKeyId, createKeyText } from '../../../edge/keys/key-text.ts';
import { testApp } from '../test-app.ts';

const PAGES = ['/', '/docs', '/playground'];

const key = createKeyText({ kind: 'publishable', id: createKeyId() });
const deployed = testApp({ settings: { DEVELOPMENT_MODE: 'false', CHAT_KEY: key } });
const html = async (path: string, host = 'https://chat.example') =>
  (await deployed.request('GET', host + path)).text();

describe.each(PAGES)('the page %s', (path) => {
  it('may load nothing from elsewhere and run nothing inline, and nobody may frame it', async () => {
    const { status, headers } = await testApp().request('GET', path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/html; charset=utf-8$/i);
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('private, no-cache');
  });

  it('holds nothing that its policy forbids', async () => {
    const page = await html(path);
    expect(page).toMatch(/^<!doctype html><html lang="en">/);
    // In tags: examples may speak of styles.
    const tags = page.match(/<[^>]+>/g)!.join('');
    expect(tags).not.toMatch(/\sstyle=|\son\w+=|<style|<script>|javascript:/);
    for (const [, src] of tags.matchAll(
      /<(?:script|link rel="stylesheet"|img)[^>]*(?:src|href)="([^"]*)"/g,
    )) {
      expect(src).toMatch(/^\/assets\//);
    }
  });

  it('names itself, its icon and its address', async () => {
    const page = await html(path);
    expect(page).toMatch(/<title>[^<]*Tandem[^<]*<\/title>/);
    expect(page).toMatch(/<meta name="description" content="[^"]{40,200}"/);
    expect(page).toContain(`<link rel="canonical" href="https://chat.example${path}"`);
    expect(page).toContain('<link rel="icon" type="image/svg+xml" href="/favicon.svg"');
    expect(page).toContain('<noscript>');
    expect(page.match(/<h1/g)).toHaveLength(1);
  });

  it('shows no host that is none', async () => {
    const page = await html(path, 'https://$(reboot).example');
    expect(page).not.toContain('reboot');
    expect(page).toContain('https://tandem.example');
  });

  it('marks where one is', async () => {
    expect((await html(path)).match(/aria-current="page"/g)).toHaveLength(1);
  });
});
