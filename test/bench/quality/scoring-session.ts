import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '../../../gpu-backend/runtime/without-telemetry.ts';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { createArchitecture } from '../../../gpu-backend/compiler/architecture/families.ts';
import { openCheckpoint } from '../../../gpu-backend/compiler/checkpoint/checkpoint.ts';
import type { Precision } from '../../../gpu-backend/compiler/manifest.ts';
import { ExternalDataFile } from '../../../gpu-backend/compiler/onnx/external-data.ts';
import { encodeModel } from '../../../gpu-backend/compiler/onnx/messages.ts';
import { createWeights } from '../../../gpu-backend/compiler/weights/precisions.ts';
import { padRows } from '../../../shared/generation-batch.ts';
import { buildScoringGraph } from './scoring-graph.ts';

export interface Exchange {
  inputIds: number[];
  /** What was answered, the end token included. */
  reply: number[];
}

/** For each token of a reply: how likely it was, and which one was likeliest. */
export interface Score {
  logProbabilities: number[];
  choices: number[];
}

const BATCH = 20;
const OPSETS = { '': 21, 'com.microsoft': 1 };

/** What a checkpoint at a precision thinks of given replies. */
export async function scoreReplies(
  checkpointFolder: string,
  precision: Precision,
  exchanges: Exchange[],
): Promise<Score[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-scoring-'));
  const checkpoint = await openCheckpoint(checkpointFolder);
  try {
    const file = new ExternalDataFile('weights');
    const architecture = createArchitecture(checkpoint, createWeights(precision, checkpoint.weights, file));
    const graph = buildScoringGraph(architecture, checkpoint.config);
    const producer = { name: 'tandem-bench', version: '1' };
    await writeFile(join(folder, 'model.onnx'), encodeModel({ producer, opsets: OPSETS, graph }));
    await file.write(join(folder, 'weights'), () => {});
    const session = await InferenceSession.create(join(folder, 'model.onnx'), { logSeverityLevel: 3 });
    const scores: Score[] = [];
    for (let start = 0; start < exchanges.length; start += BATCH) {
      const batch = exchanges.slice(start, start + BATCH);
      scores.push(...(await scoreBatch(session, batch, checkpoint.config.tokens.pad)));
    }
    await session.release();
    return scores;
  } finally {
    await checkpoint.weights.close();
    await rm(folder, { recursive: true });
  }
}

async function scoreBatch(session: InferenceSession, batch: Exchange[], pad: number): Promise<Score[]> {
  const int64 = (values: number[], shape: number[]) =>
    new Tensor('int64', BigInt64Array.from(values, BigInt), shape);
  const padded = (rows: number[][]) => padRows(rows, pad);
  const context = padded(batch.map(({ inputIds }) => inputIds));
  const replies = padded(batch.map(({ reply }) => reply));
  const outputs = await session.run({
    input_ids: int64(context.inputIds, context.shape),
    attention_mask: int64(context.attentionMask, context.shape),
    replies: int64(replies.inputIds, replies.shape),
  });
  const longest = replies.shape[1]!;
  const row = (name: string, index: number) =>
    Array.from(outputs[name]!.data as BigInt64Array | Float32Array, Number).slice(
      index * longest,
      index * longest + batch[index]!.reply.length,
    );
  return batch.map((_, index) => ({
    logProbabilities: row('log_probabilities', index),
    choices: row('choices', index),
  }));
}
