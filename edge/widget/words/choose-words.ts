import { ENGLISH, type Words } from './words.ts';

/** The languages that are loaded on demand, each from words/LANGUAGE.json beside the widget. */
const LOADED = ['de', 'fr', 'es', 'ar', 'ja', 'zh'];
const RIGHT_TO_LEFT = ['ar'];

export interface Language {
  /** "de"; "en" where the page's is not among them. */
  name: string;
  /** For dates and numbers: the page's own where it is of this language, "de-AT". */
  locale: string;
  direction: 'ltr' | 'rtl';
}

/** @param tag the page's language as its `lang` says, which may be any text */
export function chooseLanguage(tag: string): Language {
  const name = tag.trim().toLowerCase().split('-')[0]!;
  const isKnown = name === 'en' || LOADED.includes(name);
  return {
    name: isKnown ? name : 'en',
    locale: isKnown && isLocale(tag.trim()) ? tag.trim() : isKnown ? name : 'en',
    direction: RIGHT_TO_LEFT.includes(name) ? 'rtl' : 'ltr',
  };
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** English where the language's words cannot be had. */
export async function loadWords(language: Language, url: string): Promise<Words> {
  if (language.name === 'en') return ENGLISH;
  try {
    const response = await fetch(`${url}/words/${language.name}.json`);
    return response.ok ? { ...ENGLISH, ...(await response.json()) } : ENGLISH;
  } catch {
    return ENGLISH;
  }
}

/** Puts values into the places of a text: "{name} is typing". */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}
