import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { conversationCodec } from '../../edge/conversation/encoding.ts';
import { packConversation } from '../../edge/conversation/packing.ts';
import { createTokenizer } from '../../edge/tokenizer/tokenizer.ts';
import { buildModel } from '../../gpu-backend/compiler/build-model.ts';
import { PRECISIONS, type Precision } from '../../gpu-backend/compiler/manifest.ts';
import { openGenerationSession } from '../../gpu-backend/runtime/generation-session.ts';
import { EMBEDDED_CHECKPOINT } from '../../infra/paths.ts';
import { resolveGenerationParameters } from '../../shared/generation-parameters.ts';
import { parseModelConfig } from '../../shared/model-config.ts';
import { compareWithReference, type Measured } from './quality/compare.ts';
import { renderQuality } from './quality/markdown.ts';
import { type Exchange, scoreReplies } from './quality/scoring-session.ts';
import { publish } from './report/publish.ts';

interface Example {
  persona: string[];
  turns: string[];
  reply: string;
}

// As BlenderBot is meant to be used.
const BEAMS = 10;
const HELD_OUT = new URL('quality/held-out.jsonl', import.meta.url);

const {
  checkpoint,
  sideBySide,
  publish: publishes,
} = new Command('bench:quality')
  .description(
    'Measures what each precision costs in quality, against fp32, on conversations held out from training.',
  )
  .option('--checkpoint <dir>', 'a checkpoint with its tokenizer', EMBEDDED_CHECKPOINT)
  .option('--side-by-side <n>', 'conversations whose replies are shown', Number, 12)
  .option('--publish', 'put the results into BENCHMARKS.md', false)
  .parse(process.argv.slice(2), { from: 'user' })
  .opts<{ checkpoint: string; sideBySide: number; publish: boolean }>();

const readJson = async (name: string) => JSON.parse(await readFile(join(checkpoint, name), 'utf8'));
const tokenizer = createTokenizer(await readJson('tokenizer.json'));
const config = parseModelConfig(await readJson('config.json'), await readJson('generation_config.json'));
const examples = (await readFile(HELD_OUT, 'utf8'))
  .trim()
  .split('\n')
  .map((line): Example => JSON.parse(line));
const codec = conversationCodec(tokenizer, config.tokens.eos);
const exchanges = examples.map(encode);

const measured: Measured[] = [];
for (const precision of PRECISIONS) {
  console.error(`${precision} …`);
  measured.push({
    precision,
    scores: await scoreReplies(checkpoint, precision, exchanges),
    ...(await generate(precision)),
  });
}
const shown = examples.slice(0, sideBySide).map(({ persona, turns }, index) => ({
  persona,
  turns,
  replies: measured.map(({ precision, beamReplies }) => ({
    precision,
    text: codec.read(beamReplies[index]!),
  })),
}));
const results = {
  date: new Date().toISOString(),
  model: basename(checkpoint),
  conversations: examples.length,
  beams: BEAMS,
  lines: compareWithReference(measured),
  shown,
};
const markdown = renderQuality(results);
console.log(markdown);
if (publishes) await publish('quality', { results, markdown, charts: {} });

function encode({ persona, turns, reply }: Example): Exchange {
  const { maxPositions, tokens } = config;
  const { ids } = packConversation({ persona, turns }, { ...codec, maxPositions });
  // The decoder has as many positions, one of them for the start token.
  return { inputIds: ids, reply: [...codec.encode(reply.trim()), tokens.eos].slice(0, maxPositions) };
}

/** Replies of greedy search and of beam search, otherwise as the model recommends. */
async function generate(precision: Precision) {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-quality-'));
  try {
    const out = join(folder, 'model');
    const manifest = await buildModel({ checkpoint, out, precision, name: 'measured' });
    const session = await openGenerationSession(out);
    const replies = async (asked: { num_beams?: number }) => {
      const parameters = resolveGenerationParameters(asked, config.recommendedGeneration);
      const rows = exchanges.map(({ inputIds }) => ({ inputIds, parameters }));
      return (await session.generate(rows)).map(({ sequences }) => sequences[0]!);
    };
    const result = {
      bytes: manifest.files['model.onnx.data']!.bytes,
      greedyReplies: await replies({ num_beams: 1 }),
      beamReplies: await replies({ num_beams: BEAMS }),
    };
    await session.release();
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
