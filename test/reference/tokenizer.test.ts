import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeConversation } from '../../edge/conversation/encoding.ts';
import { createTokenizer, type Tokenizer } from '../../edge/tokenizer/tokenizer.ts';
import { readTokenizer } from '../../gpu-backend/compiler/checkpoint/checkpoint.ts';
import { fromHere, isThere, readCases, SHARED_REFERENCE } from './cases.ts';

type Case =
  | { text: string; ids: number[]; decoded: string }
  | { persona: string[]; turns: string[]; ids: number[] };

const BLENDERBOT = join(SHARED_REFERENCE, 'tokenizers/blenderbot');
const isMissing = !isThere(BLENDERBOT);

describe('the tokenizer', () => {
  it("agrees with the Rust library on every case of the embedded model's vocabulary", async () => {
    await expectAgreement(fromHere('../../models/tandem-mini'), fromHere('tokenizers/tandem-mini'));
  });

  const why = isMissing ? ' (skipped: other people’s vocabularies are not part of the project)' : '';
  it.skipIf(isMissing)(`agrees with the Rust library on every case of BlenderBot's own${why}`, async () => {
    await expectAgreement(BLENDERBOT, BLENDERBOT);
  });
});

async function expectAgreement(folder: string, cases: string): Promise<void> {
  const tokenizer = createTokenizer((await readTokenizer(folder))!);
  const all = readCases<Case>(join(cases, 'cases.jsonl'));
  expect(all.length).toBeGreaterThan(100);
  for (const one of all) expect(answer(one, tokenizer)).toEqual(one);
}

function answer(one: Case, tokenizer: Tokenizer): Case {
  if ('text' in one) {
    const ids = tokenizer.encode(one.text);
    return { text: one.text, ids, decoded: tokenizer.decode(ids) };
  }
  const ids = encodeConversation(one, { tokenizer, eosToken: 2 });
  return { ...one, ids: ids.slice(-128) };
}
