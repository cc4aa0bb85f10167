import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { createTokenizer } from '../../edge/tokenizer/tokenizer.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

// Of a worker's 128 MB all that strangers write would take a part for good: it lives as long as the isolate.
it('remembers people’s words, and not what strangers make up', () => {
  const { encode } = createTokenizer(JSON.parse(readFileSync('models/tandem-mini/tokenizer.json', 'utf8')));
  const words = Array.from({ length: 1_000 }, (_, index) => {
    const letters = index.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)]!);
    return letters.padEnd(250, 'qxzj');
  });
  encode(words[0]!);
  const before = heapBytes();
  for (const word of words) encode(word);
  expect((heapBytes() - before) / words.length).toBeLessThan(1_000);
});
