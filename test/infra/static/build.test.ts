import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { BUDGETS, checkBudgets } from '../../../infra/static/budgets.ts';
import { buildStatic, type StaticFile } from '../../../infra/static/build.ts';

const { contents, hashed } = await buildStatic();
const text = (path: string) => Buffer.from(contents.get(path)!).toString();

it('serves each script of the widget under its own name and under one that says what it holds', () => {
  const { path } = hashed['client.js']!;
  expect(path).toMatch(/^\/assets\/client-[\w-]{12}\.js$/);
  expect(text(path.slice(1))).toBe(text('client.js'));
});

it('names the same bytes alike every time', async () => {
  expect((await buildStatic()).hashed).toEqual(hashed);
});

it('tells the integrity that a browser will find', () => {
  for (const { path, integrity, bytes } of Object.values(hashed)) {
    const file = contents.get(path.slice(1))!;
    expect(integrity).toBe(`sha384-${createHash('sha384').update(file).digest('base64')}`);
    expect(bytes).toBe(file.byteLength);
  }
});

it('has what is without a hash asked for again within minutes', () => {
  const rules = text('_headers');
  expect(rules).toContain('/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n');
  const short = [...contents.keys()].filter((path) => !path.startsWith('assets/') && path !== '_headers');
  expect(short).toContain('client.js');
  for (const path of short) expect(rules).toContain(`/${path}\n  Cache-Control: public, max-age=300,`);
});

it('fails where a part of the widget has grown past its budget', () => {
  const widget = (weights: Record<string, number>): Record<string, StaticFile> =>
    Object.fromEntries(
      Object.entries(weights).map(([name, gzipBytes]) => [
        name,
        { path: '', integrity: '', bytes: 0, gzipBytes },
      ]),
    );
  expect(() => checkBudgets(widget(BUDGETS))).not.toThrow();
  expect(() => checkBudgets(widget({ ...BUDGETS, 'widget.js': 12_001 }))).toThrow(
    'widget.js has 12001 bytes',
  );
  expect(() => checkBudgets(widget({ ...BUDGETS, 'panel.js': 9_001 }))).toThrow('panel.js has 9001 bytes');
});
