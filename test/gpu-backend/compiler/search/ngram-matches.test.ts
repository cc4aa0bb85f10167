import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../../gpu-backend/compiler/onnx/graph.ts';
import {
  extendMatches,
  noMatches,
  repeatsNgram,
} from '../../../../gpu-backend/compiler/search/ngram-matches.ts';
import { runGraph } from '../run-graph.ts';

type Int = Value<'int64'>;

/** What transformers does: the tokens that followed the reply's last n − 1 tokens anywhere in `tokens`. */
function bannedByDefinition(tokens: number[], reply: number[], n: number): Set<number> {
  const suffix = n === 1 ? [] : reply.slice(-(n - 1));
  const banned = new Set<number>();
  if (n === 0 || reply.length < n - 1) return banned;
  for (let end = n - 1; end < tokens.length; end++) {
    if (tokens.slice(end - n + 1, end).join() === suffix.join()) banned.add(tokens[end]!);
  }
  return banned;
}

/** The graph's answer: the reply grows one token at a time, as it does in the loop. */
async function bannedByGraph({ context, reply, n }: { context: number[]; reply: number[]; n: number }) {
  const { replyBans, contextBans } = await runGraph({ context: [context], n: [[n]] }, (g, { int }) => {
    const contextTokens = int('context');
    const size = int('n');
    let tokens = g.unsqueeze(g.ints(reply[0]!), 0);
    let replyMatches = noMatches(g, tokens);
    const cut = (matches: Int) => g.slice(matches, 1, g.ints(0), g.size(contextTokens, 1));
    let contextMatches = cut(
      extendMatches(g, { tokens: contextTokens, matches: noMatches(g, contextTokens), next: tokens }),
    );
    for (const token of reply.slice(1)) {
      const next = g.unsqueeze(g.ints(token), 0);
      replyMatches = extendMatches(g, { tokens, matches: replyMatches, next });
      contextMatches = cut(extendMatches(g, { tokens: contextTokens, matches: contextMatches, next }));
      tokens = g.concat([tokens, next], 1);
    }
    return {
      replyBans: repeatsNgram(g, replyMatches, size),
      contextBans: repeatsNgram(g, contextMatches, size),
    };
  });
  const pick = (tokens: number[], flags: unknown) => {
    const [row] = flags as boolean[][];
    return new Set(tokens.filter((_, index) => row![index]));
  };
  return { reply: pick(reply, replyBans), context: pick(context, contextBans) };
}

describe('n-gram matches', () => {
  it('ban what transformers would ban, for any n', async () => {
    const tokens = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(tokens, tokens, fc.integer({ min: 0, max: 5 }), async (context, reply, n) => {
        const banned = await bannedByGraph({ context, reply, n });
        expect(banned.reply).toEqual(bannedByDefinition(reply, reply, n));
        expect(banned.context).toEqual(bannedByDefinition(context, reply, n));
      }),
      { numRuns: 40 },
    );
  });
});
