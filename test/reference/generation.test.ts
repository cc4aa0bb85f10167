import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildModel } from '../../gpu-backend/compiler/build-model.ts';
import {
  type GenerationSession,
  openGenerationSession,
} from '../../gpu-backend/runtime/generation-session.ts';
import {
  type GenerationParameters,
  resolveGenerationParameters,
  TRANSFORMERS_DEFAULTS,
} from '../../shared/generation-parameters.ts';
import { fromHere, readCases } from './cases.ts';

interface Case {
  input_ids: number[][];
  parameters: Partial<GenerationParameters>;
  sequences: number[][][];
  scores: number[][] | null;
}

const CHECKPOINTS = [
  'blenderbot-safetensors',
  'blenderbot-safetensors-sharded',
  'blenderbot-bin-fp16',
  'blenderbot-legacy-bf16',
  'blenderbot-small-safetensors',
  'blenderbot-small-bin-sharded',
  'parlai',
  'parlai-small',
];

for (const name of CHECKPOINTS) {
  const checkpoint = fromHere(`checkpoints/${name}`);
  const cases = readCases<Case>(join(checkpoint, 'cases.jsonl')).map((reference) => ({
    ...reference,
    parameters: resolveGenerationParameters(reference.parameters, TRANSFORMERS_DEFAULTS),
  }));

  describe(`the generation graph of ${name}`, () => {
    let folder: string;
    let session: GenerationSession;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tandem-reference-'));
      await buildModel({ checkpoint, out: join(folder, 'model'), precision: 'fp32' });
      session = await openGenerationSession(join(folder, 'model'));
    });

    afterAll(async () => {
      await session.release();
      await rm(folder, { recursive: true });
    });

    for (const [index, { input_ids, parameters, sequences, scores }] of cases.entries()) {
      const { num_beams, num_return_sequences: wanted } = parameters;
      it(`answers as transformers does: case ${index + 1}, ${input_ids.length} rows, ${num_beams} beams`, async () => {
        const answers = await session.generate(input_ids.map((inputIds) => ({ inputIds, parameters })));
        expect(answers.map((row) => row.sequences.slice(0, wanted))).toEqual(sequences);
        for (const [row, expected] of (scores ?? []).entries()) {
          for (const [rank, score] of expected.entries()) {
            expect(Math.abs(answers[row]!.scores[rank]! - score)).toBeLessThan(1e-3);
          }
        }
      });
    }

    it('answers a row the same whatever rows and rules share its batch', async () => {
      const rows = cases.flatMap(({ input_ids, parameters, sequences }) =>
        input_ids.map((inputIds, row) => ({ inputIds, parameters, expected: sequences[row]! })),
      );
      const byBeams = Map.groupBy(rows, (row) => row.parameters.num_beams);
      expect(byBeams.size).toBeGreaterThan(2);
      for (const batch of byBeams.values()) {
        const answers = await session.generate(batch);
        const best = answers.map(({ sequences }, row) =>
          sequences.slice(0, batch[row]!.parameters.num_return_sequences),
        );
        expect(best).toEqual(batch.map(({ expected }) => expected));
      }
    });
  });
}
