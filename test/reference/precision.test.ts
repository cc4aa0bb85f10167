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
import { type Score, scoreReplies } from '../bench/quality/scoring-session.ts';
import { fromHere, readCases } from './cases.ts';

interface Case {
  input_ids: number[][];
  parameters: Partial<GenerationParameters>;
  sequences: number[][][];
  scores: number[][] | null;
}

const CHECKPOINTS = ['blenderbot-safetensors', 'blenderbot-small-safetensors'];

/**
 * How far a precision may be from fp32, whose answers are transformers', over the reference's own answers: the mean change of a
 * token's log-probability and the share of tokens that stay the likeliest. The checkpoints are random and 32 wide, where
 * rounding costs far more than in a trained model: these catch what is broken, test/bench/quality.ts tells what is lost.
 */
const LIMITS = {
  fp16: { change: 0.003, sameChoices: 0.99 },
  int8: { change: 0.06, sameChoices: 0.95 },
  int4: { change: 0.5, sameChoices: 0.7 },
} as const;
type Rounded = keyof typeof LIMITS;

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

for (const name of CHECKPOINTS) {
  const checkpoint = fromHere(`checkpoints/${name}`);
  const cases = readCases<Case>(join(checkpoint, 'cases.jsonl')).map((reference) => ({
    ...reference,
    parameters: resolveGenerationParameters(reference.parameters, TRANSFORMERS_DEFAULTS),
  }));
  const exchanges = cases.flatMap(({ input_ids, sequences }) =>
    input_ids.map((inputIds, row) => ({ inputIds, reply: sequences[row]![0]! })),
  );

  describe(`rounded weights of ${name}`, () => {
    let exact: Score[];
    beforeAll(async () => {
      exact = await scoreReplies(checkpoint, 'fp32', exchanges);
    });

    for (const precision of Object.keys(LIMITS) as Rounded[]) {
      it(`think nearly the same of transformers' answers in ${precision}`, async () => {
        const rounded = await scoreReplies(checkpoint, precision, exchanges);
        const changes = rounded.flatMap(({ logProbabilities }, row) =>
          logProbabilities.map((value, place) => Math.abs(value - exact[row]!.logProbabilities[place]!)),
        );
        const same = rounded.flatMap(({ choices }, row) =>
          choices.map((choice, place) => Number(choice === exact[row]!.choices[place])),
        );
        expect(mean(changes)).toBeLessThan(LIMITS[precision].change);
        expect(mean(same)).toBeGreaterThan(LIMITS[precision].sameChoices);
      });
    }
  });

  for (const precision of Object.keys(LIMITS) as Rounded[]) {
    describe(`the generation graph of ${name} in ${precision}`, () => {
      let folder: string;
      let session: GenerationSession;

      beforeAll(async () => {
        folder = await mkdtemp(join(tmpdir(), 'tandem-precision-'));
        await buildModel({ checkpoint, out: join(folder, 'model'), precision });
        session = await openGenerationSession(join(folder, 'model'));
      });

      afterAll(async () => {
        await session.release();
        await rm(folder, { recursive: true });
      });

      it('keeps to the rules of every reference case, and to its scores where it answers the same', async () => {
        // As shares of the scores: some are sums over a whole reply.
        const scoreChanges: number[] = [];
        for (const { input_ids, parameters, sequences, scores } of cases) {
          const answers = await session.generate(input_ids.map((inputIds) => ({ inputIds, parameters })));
          for (const [row, { sequences: replies, scores: given }] of answers.entries()) {
            expect(replies).toHaveLength(parameters.num_beams);
            for (const reply of replies) {
              expect(reply.length).toBeGreaterThan(0);
              expect(reply.length).toBeLessThan(parameters.max_length);
            }
            const isSame = replies[0]!.join() === sequences[row]![0]!.join();
            if (!isSame || scores === null) continue;
            const [score, expected] = [given[0]!, scores[row]![0]!];
            scoreChanges.push(Math.abs(score - expected) / Math.max(1, Math.abs(expected)));
          }
        }
        if (precision !== 'fp16') return;
        expect(scoreChanges.length).toBeGreaterThan(20);
        expect(Math.max(...scoreChanges)).toBeLessThan(1e-2);
      });
    });
  }
}
