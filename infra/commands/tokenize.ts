import { Command } from 'commander';
import * as z from 'zod';
import { conversationCodec, encodeConversation } from '../../edge/conversation/encoding.ts';
import { createTokenizer, type Tokenizer } from '../../edge/tokenizer/tokenizer.ts';
import { readTokenizer } from '../../gpu-backend/compiler/checkpoint/tokenizer.ts';
import { parseModelConfig } from '../../shared/model-config.ts';
import { parseInput } from '../parse-input.ts';
import { answerJsonLines } from '../terminal/json-lines.ts';
import { UserError } from '../user-error.ts';
import { withJson } from './json-option.ts';

export function tokenizeCommand(): Command {
  const command = new Command('tokenize')
    .description('show how the edge turns text into token ids, one JSON request a line')
    .requiredOption(
      '--tokenizer <dir>',
      'a folder with tokenizer.json, vocab.json and merges.txt, or a ParlAI model.dict',
    );
  return withJson(command, 'what it writes anyway, a line for each request')
    .addHelpText(
      'after',
      `
Reads {"text": "hello"} or a conversation, {"persona": ["i have a dog."], "turns": ["hi", "hello!", "pets?"]},
from standard input and writes {"ids": […], "decoded": "…"} to standard output. A text has no end token; a
conversation of Blenderbot has one, of BlenderbotSmall none. This is the encoding before packing: of a long
conversation the last 128 ids are shown (512 of BlenderbotSmall), where the edge keeps the persona and drops
whole turns, the oldest first.

Example:
  echo '{"text": "hello"}' | tandem tokenize --tokenizer models/tandem-mini`,
    )
    .action(async (options: { tokenizer: string }) => {
      const tokenizer = await openTokenizer(options.tokenizer);
      await answerJsonLines((request) => {
        const ids = encode(request, tokenizer);
        return { ids, decoded: tokenizer.decode(ids) };
      });
    });
}

async function openTokenizer(directory: string): Promise<Tokenizer> {
  const json = await readTokenizer(directory);
  if (json === undefined) {
    throw new UserError(
      `${directory} holds neither tokenizer.json nor vocab.json and merges.txt, nor ParlAI's model.dict with its BPE.`,
    );
  }
  return createTokenizer(json);
}

const requestSchema = z.union(
  [
    z.strictObject({ text: z.string() }),
    z.strictObject({ persona: z.array(z.string()).default([]), turns: z.array(z.string()).min(1) }),
  ],
  'neither {"text": "…"} nor {"persona": ["…"], "turns": ["…"]}',
);

function encode(request: unknown, tokenizer: Tokenizer): number[] {
  // Recorded cases carry the expected answer beside the request: those two names are let through.
  const { ids: _, decoded: __, ...fields } = Object(request) as Record<string, unknown>;
  const conversation = parseInput(requestSchema, fields);
  if ('text' in conversation) return tokenizer.encode(conversation.text);
  // A tokenizer's folder does not say how much its model reads, or which token ends: what its family has.
  const { maxPositions, tokens } = parseModelConfig({ model_type: tokenizer.family });
  const ids = encodeConversation(conversation, conversationCodec(tokenizer, tokens.eos));
  return ids.slice(-maxPositions);
}
