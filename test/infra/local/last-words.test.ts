import { describe, expect, it } from 'vitest';
import { LastWords } from '../../../infra/local/last-words.ts';

const after = (lines: string[]) => {
  const words = new LastWords();
  for (const line of lines) words.add(line);
  return String(words);
};

describe('the last words of a program', () => {
  const cases: [name: string, lines: string[], words: string][] = [
    ['are what it said last', ['one', 'two', '', 'three', 'four'], 'It said: two | three | four'],
    [
      'are its errors where it had some',
      ['✘ [ERROR] Build failed', 'bye', 'bye', 'bye'],
      'It said: ✘ [ERROR] Build failed',
    ],
    [
      'hold no colours',
      ['\u001b[31m✘ \u001b[41;31m[\u001b[0mERROR\u001b[31m]\u001b[0m no\u001b[0m'],
      'It said: ✘ [ERROR] no',
    ],
    [
      'hold no stack',
      ['TypeError: no', '    at f (file.ts:1:1)', '    at node:internal:2:2'],
      'It said: TypeError: no',
    ],
    ['may be none', ['', '  '], 'It said nothing.'],
  ];
  for (const [name, lines, words] of cases) it(name, () => expect(after(lines)).toBe(words));
});
