import type { Completion } from './candidates.ts';
import type { Shell } from './scripts.ts';

/**
 * The words of a command line as their shell means them. bash also parts words at "=" and ":", which stand in options and
 * addresses: there the parts are put together again.
 */
export function wordsOf(shell: Shell, words: readonly string[]): string[] {
  if (shell !== 'bash') return [...words];
  const whole: string[] = [];
  let joinsNext = false;
  for (const word of words) {
    const isBreak = /^[=:]+$/.test(word);
    if (whole.length > 0 && (isBreak || joinsNext)) whole.push(whole.pop()! + word);
    else whole.push(word);
    joinsNext = isBreak;
  }
  return whole;
}

/** The answer to a shell's script: see there. fish wants the whole word back, the others what follows "--option=". */
export function formatCompletion(shell: Shell, { candidates, files }: Completion, typed: string): string {
  const [prefix = ''] = shell === 'fish' ? (/^--[^=]+=/.exec(typed) ?? []) : [];
  const lines = candidates.map(
    ({ value, description }) => `${prefix}${value}\t${firstSentence(description)}\n`,
  );
  return lines.join('') + (files ? ':files\n' : '');
}

/** What fits beside a candidate. */
function firstSentence(description: string): string {
  return description.split(/[;:]\s|\n/)[0]!;
}
