import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeConversation } from '../../edge/conversation/encoding.ts';
import { createTokenizer, type Tokenizer } from '../../edge/tokenizer/tokenizer.ts';
import { readTokenizer } from '../../gpu-backend/compiler/checkpoint/checkpoint.ts';
import { fromHere, isThere, readCases, SHARED_REFERENCE } from './cases.ts';

type Case =
  | { text: string; ids: number[]; decoded: string }
  | { persona: string[]; turns: string[]; ids: number[] };

const tokenizers = [
  {
    name: "the embedded model's",
    folder: fromHere('../../models/tandem-mini'),
    cases: fromHere('tokenizers/tandem-mini'),
  },
  {
    name: "BlenderBot's own",
    folder: join(SHARED_REFERENCE, 'tokenizers/blenderbot'),
    cases: join(SHARED_REFERENCE, 'tokenizers/blenderbot'),
  },
];

describe('the tokenizer', () => {
  for (const { name, folder, cases } of tokenizers) {
    const missing = !isThere(join(cases, 'cases.jsonl'));
    const why = missing ? ' (skipped: its vocabulary is not part of the project)' : '';
    it.skipIf(missing)(`agrees with the Rust library on every case of ${name} vocabulary${why}`, async () => {
      const tokenizer = createTokenizer((await readTokenizer(folder))!);
      const all = readCases<Case>(join(cases, 'cases.jsonl'));
      expect(all.length).toBeGreaterThan(100);
      for (const one of all) expect(answer(one, tokenizer)).toEqual(one);
    });
  }
});

function answer(one: Case, tokenizer: Tokenizer): Case {
  if ('text' in one) {
    const ids = tokenizer.encode(one.text);
    return { text: one.text, ids, decoded: tokenizer.decode(ids) };
  }
  const ids = encodeConversation(one, { tokenizer, eosToken: 2 });
  return { ...one, ids: ids.slice(-128) };
}
