import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conversationCodec, encodeConversation } from '../../edge/conversation/encoding.ts';
import { createTokenizer, type Tokenizer } from '../../edge/tokenizer/tokenizer.ts';
import { readTokenizer } from '../../gpu-backend/compiler/checkpoint/tokenizer.ts';
import { fromHere, isThere, readCases, SHARED_REFERENCE } from './cases.ts';

type Case =
  | { text: string; ids: number[]; decoded: string }
  | { persona: string[]; turns: string[]; ids: number[] };

const BLENDERBOT = join(SHARED_REFERENCE, 'tokenizers/blenderbot');
const BLENDERBOT_SMALL = join(SHARED_REFERENCE, 'tokenizers/blenderbot-small');
const TANDEM_SMALL = fromHere('tokenizers/tandem-small');
const isMissing = !isThere(BLENDERBOT);
const why = isMissing ? ' (skipped: other people’s vocabularies are not part of the project)' : '';

describe('a byte-level tokenizer agrees with the Rust library on every case of', () => {
  it("the embedded model's vocabulary", () =>
    expectAgreement(fromHere('../../models/tandem-mini'), {
      cases: fromHere('tokenizers/tandem-mini'),
      maxPositions: 128,
    }));

  it.skipIf(isMissing)(`BlenderBot's own${why}`, () => expectAgreement(BLENDERBOT, { maxPositions: 128 }));
});

describe('a tokenizer with BPE within words agrees with transformers on every case of', () => {
  it('a vocabulary learned from our own dialogues', () =>
    expectAgreement(TANDEM_SMALL, { maxPositions: 512 }));

  it.skipIf(isMissing)(`BlenderbotSmall's own${why}`, () =>
    expectAgreement(BLENDERBOT_SMALL, { maxPositions: 512 }),
  );
});

interface Reference {
  /** The folder of cases.jsonl, where it is not the tokenizer's. */
  cases?: string;
  maxPositions: number;
}

async function expectAgreement(folder: string, { cases = folder, maxPositions }: Reference): Promise<void> {
  const tokenizer = createTokenizer(await readTokenizer(folder));
  const all = readCases<Case>(join(cases, 'cases.jsonl'));
  expect(all.length).toBeGreaterThan(100);
  for (const one of all) expect(answer(one, tokenizer, maxPositions)).toEqual(one);
}

function answer(one: Case, tokenizer: Tokenizer, maxPositions: number): Case {
  if ('text' in one) {
    const ids = tokenizer.encode(one.text);
    return { text: one.text, ids, decoded: tokenizer.decode(ids) };
  }
  const ids = encodeConversation(one, conversationCodec(tokenizer, 2));
  return { ...one, ids: ids.slice(-maxPositions) };
}
