import { DataSet, englishDataset, englishRecommendedTransformers, RegExpMatcher } from 'obscenity';

/** Ordinary words, names and phrases in which the library's English list finds something, by the word that it finds. */
const HARMLESS: Record<string, string[]> = {
  anal: ['analgesi', 'analects', 'annals', 'havana'],
  ass: ['assort', 'assyria', 'assuage'],
  boob: ['booby trap', 'booby-trap', 'booby prize'],
  chink: ['chink in the armo', 'chinks in the armo'],
  cock: ['cockpit', 'cock-a-', 'cock a doodle', 'cock and bull'],
  cum: ['cumin', 'cummin', 'cum laude', 'cummerbund', 'cummings'],
  dick: [
    'dickinson',
    'dickson',
    'dickey',
    'moby dick',
    'moby-dick',
    'dick tracy',
    'dick van',
    'philip k. dick',
  ],
  dyke: ['vandyke'],
  fag: ['fagin'],
  fuck: ['fsck', 'fu manchu', 'fukushima', 'fukuoka', 'traffick'],
  hooker: ['lee hooker'],
  orgy: ['georgy'],
  penis: ['penistone'],
  piss: ['pissarro'],
  pussy: ['pussycat', 'pussy cat', 'pussy willow', 'pussy-willow'],
  rape: ['rapeseed'],
  retard: ['retardant'],
  shit: ['shiitake', 'mishit'],
  tit: ['tit for tat', 'tit-for-tat', 'blue tit', 'great tit', 'titter', 'tittle'],
  wank: ['wankel'],
};

// Made at module scope: it takes some milliseconds, which a start has and a request has not.
const matcher = createMatcher();

/** Whether a text holds a word that a stranger should not be told, or one that is written around a filter. */
export function isUnsafe(text: string): boolean {
  return matcher.hasMatch(withoutDisguise(text));
}

/** The library's English words and its ways to see through spellings, less what is harmless. */
function createMatcher(): RegExpMatcher {
  const dataset = new DataSet<{ originalWord: string }>().addAll(englishDataset);
  for (const [originalWord, phrases] of Object.entries(HARMLESS)) {
    dataset.addPhrase((phrase) => {
      phrase.setMetadata({ originalWord });
      for (const harmless of phrases) phrase.addWhitelistedTerm(harmless);
      return phrase;
    });
  }
  return new RegExpMatcher({ ...dataset.build(), ...englishRecommendedTransformers });
}

/** Letters in other alphabets' clothes (𝓯, ｆ) as themselves, and nothing invisible between them. */
function withoutDisguise(text: string): string {
  return text.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
}
