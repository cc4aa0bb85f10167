import { chooseLanguage, type Language, loadWords } from '../words/choose-words.ts';
import { ENGLISH, type Words } from '../words/words.ts';
import { parseWords } from './attributes.ts';

/** What an element says: its language's words, and before them those that the page has put in their place. */
export class Vocabulary {
  language: Language = chooseLanguage('en');
  /** What a script has set. */
  own: Partial<Words> = {};
  readonly #element: HTMLElement;
  /** The language's. Null until they are there. */
  #loaded: Words | null = null;
  #loads = 0;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  get isThere(): boolean {
    return this.#loaded !== null;
  }

  get words(): Words {
    const words = { ...(this.#loaded ?? ENGLISH), ...parseWords(this.#element.getAttribute('words')) };
    return { ...words, ...this.own };
  }

  /** Takes on the page's language. @returns whether that is still wanted: not where another was asked for meanwhile */
  async load(url: string): Promise<boolean> {
    this.#loads += 1;
    const load = this.#loads;
    const language = chooseLanguage(languageOf(this.#element));
    const loaded = await loadWords(language, url);
    if (load !== this.#loads) return false;
    this.language = language;
    this.#loaded = loaded;
    return true;
  }

  /** The page may have another language when the element comes back. */
  forget(): void {
    this.#loads += 1;
    this.#loaded = null;
  }
}

/** What the page says of the language that an element stands in: within other shadow trees too. */
function languageOf(element: HTMLElement): string {
  const { lang } = element.closest<HTMLElement>('[lang]') ?? document.documentElement;
  return lang || 'en';
}
