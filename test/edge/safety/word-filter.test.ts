import { describe, expect, it } from 'vitest';
import { CANNED_REPLIES, cannedReplies } from '../../../edge/safety/canned-replies.ts';
import { isUnsafe } from '../../../edge/safety/word-filter.ts';

describe('the word filter', () => {
  it.each([
    ...[
      'Scunthorpe',
      'an assassin',
      'my class',
      'the cockpit',
      'an assorted box',
      'Moby Dick',
      'Emily Dickinson',
    ],
    ...['shiitake mushrooms', 'cumin and coriander', 'summa cum laude', 'a tit for tat', 'what a pussycat'],
    ...[
      'Pissarro',
      'rapeseed oil',
      'flame retardant',
      'a chink in the armour',
      'Penistone',
      'Sussex',
      'Essex',
    ],
    ...[
      'Dickens',
      'the analysis',
      'a bass guitar',
      'grapes',
      'a therapist',
      'cockatoo',
      'cocktail',
      'peacock',
    ],
    ...[
      'Hancock',
      'document',
      'accumulate',
      'cucumber',
      'Montenegro',
      'Uranus',
      'Arsenal',
      'arsenic',
      'titanic',
    ],
    ...[
      'the basement',
      'a pen is',
      'Van Dyke',
      'an us',
      'a cuckoo',
      'saturday',
      'a title',
      'Nigeria',
      'snigger',
    ],
    ...[
      'embarrass',
      'harass',
      'a button',
      'a butterfly',
      'as hot as',
      'gas mask',
      'push it',
      'breast cancer',
    ],
    ...[
      'the Assyrians',
      'an analgesic',
      'Fagin',
      'run fsck',
      'booby trap',
      'cock-a-doodle-doo',
      'a great tit',
      'Havana',
      'Fukushima',
      'human trafficking',
      'the annals',
      'E. E. Cummings',
      'John Lee Hooker',
      'Georgy',
    ],
  ])('lets ordinary words be: %s', (text) => {
    expect(isUnsafe(`I was thinking of ${text}.`)).toBe(false);
    expect(isUnsafe(text.toUpperCase())).toBe(false);
  });

  it.each([
    'fuck',
    'FuCk',
    'fuuuuck',
    'f\u{fc}ck',
    'sh1t',
    '$h1t',
    'a$$hole',
    'bitch',
    'what the fuck?!',
    '\u{1d4ef}\u{1d4fe}ck',
    'ｆｕｃｋ',
    'f\u200bu\u00adck',
  ])('flags what is meant, however it is written: %s', (text) => {
    expect(isUnsafe(text)).toBe(true);
    expect(isUnsafe(`Oh, ${text} you all.`)).toBe(true);
  });

  it('flags an insult beside a harmless word that is like it', () => {
    expect(isUnsafe('In the cockpit sat a cock.')).toBe(true);
  });

  it('takes a long message in its stride', () => {
    expect(isUnsafe('hello there, how do you do? '.repeat(200))).toBe(false);
    expect(isUnsafe('a'.repeat(100_000))).toBe(false);
  });
});

describe('canned replies', () => {
  const nothing = () => false;

  it('are safe themselves', () => {
    for (const text of CANNED_REPLIES) expect(isUnsafe(text)).toBe(false);
  });

  it('differ from each other and from one turn to the next', () => {
    expect(new Set(cannedReplies(4, { turn: 3, isSaid: nothing })).size).toBe(4);
    expect(cannedReplies(1, { turn: 3, isSaid: nothing })).not.toEqual(
      cannedReplies(1, { turn: 4, isSaid: nothing }),
    );
  });

  it('are not said twice as long as there is another, and are as many as are asked for', () => {
    const [first] = cannedReplies(1, { turn: 0, isSaid: nothing });
    expect(cannedReplies(1, { turn: 0, isSaid: (text) => text === first })).not.toEqual([first]);
    expect(cannedReplies(20, { turn: 0, isSaid: () => true })).toHaveLength(20);
  });
});
