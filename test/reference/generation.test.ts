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
  searchWidth,
  TRANSFORMERS_DEFAULTS,
} from '../../shared/generation-parameters.ts';
import { uniformNumbers } from '../../shared/uniform-numbers.ts';
import { fromHere, isThere, readCases } from './cases.ts';

interface Case {
  input_ids: number[][];
  parameters: Partial<GenerationParameters>;
  sequences: number[][][];
  scores: number[][] | null;
  /** Of each token of `sequences`, in the files that have them. */
  logprobs?: number[][][];
}

/** What each file of cases holds: see the scripts that make them. Not every checkpoint has all. */
const FILES = {
  'cases.jsonl': 'answers as transformers does',
  'cases-rules.jsonl': "obeys transformers' other rules and tells its log-probabilities",
  'cases-sampling.jsonl': "draws from what transformers' processors and warpers leave",
  'cases-delayed-beams.jsonl': 'goes on with beams from what they drew',
};

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
  const files = Object.entries(FILES).filter(([file]) => isThere(join(checkpoint, file)));
  const cases = files.flatMap(([file, title]) =>
    readCases<Case>(join(checkpoint, file)).map((reference, index) => {
      const parameters = resolveGenerationParameters(reference.parameters, TRANSFORMERS_DEFAULTS);
      const kind = `${reference.input_ids.length} rows, ${parameters.num_beams} beams`;
      return { ...reference, parameters, title: `${title}: case ${index + 1}, ${kind}` };
    }),
  );

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

    for (const { input_ids, parameters, sequences, scores, logprobs, title } of cases) {
      it(title, async () => {
        const answers = await session.generate(
          input_ids.map((inputIds) => ({ inputIds, parameters, uniforms: uniformNumbers(parameters) })),
        );
        const best = <T>(values: T[]) => values.slice(0, parameters.num_return_sequences);
        expect(answers.map((row) => best(row.sequences))).toEqual(sequences);
        if (scores !== null)
          expectNear(
            answers.flatMap((row) => best(row.scores)),
            scores.flat(),
          );
        if (logprobs !== undefined) {
          expectNear(answers.map((row) => best(row.logprobs!)).flat(2), logprobs.flat(2));
        }
      });
    }

    it('answers a row the same whatever rows and rules share its batch', async () => {
      const rows = cases.flatMap(({ input_ids, parameters, sequences }) =>
        input_ids.map((inputIds, row) => ({
          inputIds,
          parameters,
          uniforms: uniformNumbers(parameters),
          expected: sequences[row]!,
        })),
      );
      const byWidth = Map.groupBy(rows, ({ parameters }) => searchWidth(parameters));
      expect(byWidth.size).toBeGreaterThan(2);
      for (const batch of byWidth.values()) {
        const answers = await session.generate(batch);
        const best = answers.map(({ sequences }, row) =>
          sequences.slice(0, batch[row]!.parameters.num_return_sequences),
        );
        expect(best).toEqual(batch.map(({ expected }) => expected));
      }
    });
  });
}

function expectNear(values: number[], expected: number[]): void {
  expect(values).toHaveLength(expected.length);
  for (const [index, value] of values.entries())
    expect(Math.abs(value - expected[index]!)).toBeLessThan(1e-3);
}
