import { createTokenizer } from '../../edge/tokenizer/tokenizer.ts';
import type { Merge } from '../../shared/tokenizer/tokenizer-json.ts';
import { wordTokenizerJson } from '../../shared/tokenizer/word-bpe.ts';
import mergesText from '../reference/tokenizers/tandem-small/merges.txt?raw';
import smallVocab from '../reference/tokenizers/tandem-small/vocab.json';

const lines = mergesText.split('\n').slice(1, -1);

export const smallTokenizerJson = wordTokenizerJson(
  smallVocab,
  lines.map((line) => line.split(' ') as Merge),
);
/** A tokenizer of BlenderbotSmall's kind, learned from our own dialogues. */
export const smallTokenizer = createTokenizer(smallTokenizerJson);
export { smallVocab };
