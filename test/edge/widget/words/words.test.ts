import { describe, expect, it } from 'vitest';
import ar from '../../../../edge/widget/words/ar.ts';
import { chooseLanguage, fill } from '../../../../edge/widget/words/choose-words.ts';
import de from '../../../../edge/widget/words/de.ts';
import es from '../../../../edge/widget/words/es.ts';
import fr from '../../../../edge/widget/words/fr.ts';
import ja from '../../../../edge/widget/words/ja.ts';
import { ENGLISH, type Words } from '../../../../edge/widget/words/words.ts';
import zh from '../../../../edge/widget/words/zh.ts';

const LANGUAGES: Record<string, Words> = { ar, de, es, fr, ja, zh };

describe('chooseLanguage', () => {
  it.each([
    ['en', { name: 'en', locale: 'en', direction: 'ltr' }],
    ['en-GB', { name: 'en', locale: 'en-GB', direction: 'ltr' }],
    [' de-AT ', { name: 'de', locale: 'de-AT', direction: 'ltr' }],
    ['AR', { name: 'ar', locale: 'AR', direction: 'rtl' }],
    ['zh-Hant-TW', { name: 'zh', locale: 'zh-Hant-TW', direction: 'ltr' }],
    ['de_DE', { name: 'en', locale: 'en', direction: 'ltr' }],
    ['de-x', { name: 'de', locale: 'de', direction: 'ltr' }],
    ['sv', { name: 'en', locale: 'en', direction: 'ltr' }],
    ['he', { name: 'en', locale: 'en', direction: 'ltr' }],
    ['../../x', { name: 'en', locale: 'en', direction: 'ltr' }],
    ['', { name: 'en', locale: 'en', direction: 'ltr' }],
  ] as const)('takes for %j', (tag, language) => {
    expect(chooseLanguage(tag)).toEqual(language);
  });
});

describe('the languages', () => {
  const texts = Object.entries(LANGUAGES).flatMap(([language, words]) =>
    Object.entries(words).map(([name, text]) => [language, name as keyof Words, text] as const),
  );

  it('are those that are chosen from', () => {
    for (const name of Object.keys(LANGUAGES)) expect(chooseLanguage(name).name).toBe(name);
  });

  it.each(texts)('%s has the places of "%s" that English has', (_, name, text) => {
    const places = (words: string) => words.match(/\{\w+\}/g) ?? [];
    expect(text).not.toBe('');
    expect(places(text)).toEqual(places(ENGLISH[name]));
  });
});

describe('fill', () => {
  it('puts values into their places, and leaves places without one', () => {
    expect(fill('{name} is {what}', { name: '$& Ada' })).toBe('$& Ada is {what}');
  });
});
