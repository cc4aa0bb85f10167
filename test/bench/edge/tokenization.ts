import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { conversationCodec } from '../../../edge/conversation/encoding.ts';
import { packConversation } from '../../../edge/conversation/packing.ts';
import { createTokenizer, type Tokenizer } from '../../../edge/tokenizer/tokenizer.ts';
import { EMBEDDED_CHECKPOINT } from '../../../infra/paths.ts';
import { parseModelConfig } from '../../../shared/model-config.ts';
import { inBench } from '../environment.ts';

export interface Tokenization {
  /** Microseconds for a message of `chars` characters, on the average. */
  edge: number;
  /** The same where no word of it was met before: words are remembered. */
  fresh: number;
  /** The same by the Rust library, called from Python; null where there is no Python with it. */
  rust: number | null;
  chars: number;
  /** Microseconds to encode all that the model reads of a long conversation: what a cache of encoded turns could save. */
  conversation: number;
}

const PASSES = 200;
const FRESH_PASSES = 20;

/** Encodes the same messages with the edge's tokenizer and with the Rust library, which must give the same ids. */
export async function measureTokenization(
  messages: string[],
  python: string | undefined,
): Promise<Tokenization> {
  const read = async (name: string) => JSON.parse(await readFile(join(EMBEDDED_CHECKPOINT, name), 'utf8'));
  const json = await read('tokenizer.json');
  const tokenizer = createTokenizer(json);
  const { maxPositions, tokens } = parseModelConfig(
    await read('config.json'),
    await read('generation_config.json'),
  );
  const codec = { ...conversationCodec(tokenizer, tokens.eos), maxPositions };
  const conversation = { persona: [], turns: messages };
  return {
    edge: perMessage(() => messages.map(tokenizer.encode)) / messages.length,
    fresh: timeFresh(() => createTokenizer(json), messages) / messages.length,
    rust: rust(messages, messages.map(tokenizer.encode), python),
    chars: Math.round(messages.join('').length / messages.length),
    conversation: perMessage(() => packConversation(conversation, codec)),
  };
}

function perMessage(work: () => unknown): number {
  for (let pass = 0; pass < PASSES; pass++) work();
  const started = performance.now();
  for (let pass = 0; pass < PASSES; pass++) work();
  return ((performance.now() - started) * 1_000) / PASSES;
}

function timeFresh(create: () => Tokenizer, messages: string[]): number {
  let total = 0;
  for (let pass = 0; pass < FRESH_PASSES; pass++) {
    const tokenizer = create();
    const started = performance.now();
    for (const message of messages) tokenizer.encode(message);
    total += performance.now() - started;
  }
  return (total * 1_000) / FRESH_PASSES;
}

function rust(messages: string[], ids: number[][], python: string | undefined): number | null {
  if (python === undefined) return null;
  const file = join(EMBEDDED_CHECKPOINT, 'tokenizer.json');
  const { status, stdout, stderr } = spawnSync(python, [inBench('edge/time_tokenizers.py'), file], {
    input: JSON.stringify({ messages, passes: PASSES }),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The Rust library could not be measured: ${stderr}`);
  const measured = JSON.parse(stdout) as { microseconds: number; ids: number[][] };
  if (JSON.stringify(measured.ids) !== JSON.stringify(ids)) {
    throw new Error('The Rust library gives other ids.');
  }
  return measured.microseconds;
}
