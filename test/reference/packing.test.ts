import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conversationCodec, personaText } from '../../edge/conversation/encoding.ts';
import { packConversation } from '../../edge/conversation/packing.ts';
import { createTokenizer } from '../../edge/tokenizer/tokenizer.ts';
import { readTokenizer } from '../../gpu-backend/compiler/checkpoint/tokenizer.ts';
import { fromHere, isThere, readCases, SHARED_REFERENCE } from './cases.ts';

/** A conversation as ParlAI encodes it: all of it, and then the last ids that the model reads. */
interface Case {
  persona: string[];
  turns: string[];
  ids: number[];
}

const POSITIONS = 128;
const EOS = 2;
const BLENDERBOT = join(SHARED_REFERENCE, 'tokenizers/blenderbot');
const isMissing = !isThere(BLENDERBOT);
const why = isMissing ? ' (skipped: other people’s vocabularies are not part of the project)' : '';

describe('what the model is given of a conversation is what ParlAI gives it, but for what does not fit, with', () => {
  it("the embedded model's vocabulary", () =>
    expectAgreement(fromHere('../../models/tandem-mini'), fromHere('tokenizers/tandem-mini')));

  it.skipIf(isMissing)(`BlenderBot's own${why}`, () => expectAgreement(BLENDERBOT, BLENDERBOT));
});

async function expectAgreement(folder: string, cases: string): Promise<void> {
  const codec = conversationCodec(createTokenizer(await readTokenizer(folder)), EOS);
  const conversations = readCases<Case | { text: string }>(join(cases, 'cases.jsonl')).filter(
    (one) => 'turns' in one,
  );
  const seen = { whole: 0, shortened: 0 };
  for (const { persona, turns, ids } of conversations) {
    const personaIds = persona.length === 0 ? [] : codec.encode(personaText(persona));
    // More than this is refused when it is set.
    if (personaIds.length > (POSITIONS * 2) / 3) continue;
    const packed = packConversation({ persona, turns }, { ...codec, maxPositions: POSITIONS });
    expect(packed.ids.length).toBeLessThanOrEqual(POSITIONS);
    if (packed.droppedTurns === 0 && !packed.truncated) {
      seen.whole += 1;
      expect(packed.ids).toEqual(ids);
      continue;
    }
    // ParlAI's cut takes the persona first; here it stays, and behind it stands the end of what ParlAI keeps.
    expect(ids).toHaveLength(POSITIONS);
    expect(packed.ids.slice(0, personaIds.length)).toEqual(personaIds);
    const behind = packed.ids.slice(personaIds.length && personaIds.length + codec.separator.length);
    expect(behind).toEqual(ids.slice(-behind.length));
    if (packed.truncated) continue;
    // Whole turns, and as many as there is room for.
    seen.shortened += 1;
    const next = codec.encode(turns[packed.droppedTurns - 1]!.trim());
    expect(packed.ids.length + codec.separator.length + next.length).toBeGreaterThan(POSITIONS);
  }
  expect(seen.whole).toBeGreaterThan(20);
  expect(seen.shortened).toBeGreaterThan(5);
}
