import { Command } from 'commander';
import * as z from 'zod';
import type { Manifest } from '../../gpu-backend/compiler/manifest.ts';
import { openGenerationSession } from '../../gpu-backend/runtime/generation-session.ts';
import type { GenerationRow } from '../../shared/generation-batch.ts';
import {
  type GenerationParameters,
  InvalidParameterError,
  refuseUnfitParameters,
  resolveGenerationParameters,
  TRANSFORMERS_DEFAULTS,
} from '../../shared/generation-parameters.ts';
import { uniformNumbers } from '../../shared/uniform-numbers.ts';
import { compiledModel } from '../local/compiled-model.ts';
import { modelPlaces } from '../local/model-places.ts';
import { parseInput } from '../parse-input.ts';
import { answerJsonLines } from '../terminal/json-lines.ts';
import { note } from '../terminal/output.ts';
import { UserError } from '../user-error.ts';
import { withJson } from './json-option.ts';

export function generateCommand(): Command {
  const command = new Command('generate')
    .description('answer token ids with token ids, one JSON request a line')
    .requiredOption(
      '--model <model>',
      "a compiled model's name or folder, a pulled model's id, or a checkpoint",
    );
  return withJson(command, 'what it writes anyway, a line for each request')
    .addHelpText(
      'after',
      `
Reads {"input_ids": [[5340, 403, 2]], "parameters": {"num_beams": 10}} from standard input,
writes {"sequences": [[[…]]], "scores": [[…]]} to standard output. Parameters have transformers'
names and, where they are left out, transformers' defaults. What is chosen without beams has no
scores (null). With "do_sample" a "seed" repeats what was drawn; "num_beams" and "beam_delay" draw the
first tokens and go on with beams. "logit_bias" {"id": bias}, "bad_words_ids" and "stop_sequences" (lists of
lists of ids) steer; with "output_logprobs" the answer has "logprobs", the model's own for each token.

Example:
  echo '{"input_ids": [[5340, 403, 2]]}' | tandem generate --model models/tandem-mini`,
    )
    .action(async (options: { model: string }) => {
      const session = await openSession(options.model);
      try {
        await answerJsonLines(async (request) => {
          const { rows, parameters } = readRequest(request, session.manifest);
          const answers = await session.generate(rows);
          const best = <T>(values: T[]) => values.slice(0, parameters.num_return_sequences);
          return {
            sequences: answers.map(({ sequences }) => best(sequences)),
            scores: parameters.num_beams === 1 ? null : answers.map(({ scores }) => best(scores)),
            ...(parameters.output_logprobs && {
              logprobs: answers.map(({ logprobs }) => best(logprobs ?? [])),
            }),
          };
        });
      } finally {
        await session.release();
      }
    });
}

async function openSession(model: string) {
  const { directory } = await compiledModel(model, { ...modelPlaces(), log: note });
  try {
    return await openGenerationSession(directory);
  } catch (error) {
    throw new UserError((error as Error).message.split('\n')[0]!);
  }
}

const requestSchema = z.strictObject({
  input_ids: z
    .array(z.array(z.int().min(0)).min(1, 'a row needs at least one token'))
    .min(1, 'at least one row'),
  parameters: z.unknown().optional(),
});

function readRequest(
  request: unknown,
  manifest: Manifest,
): { rows: GenerationRow[]; parameters: GenerationParameters } {
  // Recorded cases carry the expected answer beside the request: those names are let through.
  const { sequences: _, scores: __, logprobs: ___, ...fields } = Object(request) as Record<string, unknown>;
  const { input_ids, parameters: requested } = parseInput(requestSchema, fields);
  for (const [index, row] of input_ids.entries()) checkRow(row, index, manifest);
  const parameters = resolveParameters(requested, manifest);
  const rows = input_ids.map((inputIds) => ({ inputIds, parameters, uniforms: uniformNumbers(parameters) }));
  return { rows, parameters };
}

function checkRow(row: number[], index: number, { maxPositions, vocabSize }: Manifest): void {
  if (row.length > maxPositions) {
    throw new UserError(`input_ids.${index}: ${row.length} tokens; the model reads at most ${maxPositions}`);
  }
  const foreign = row.find((id) => id >= vocabSize);
  if (foreign !== undefined) {
    throw new UserError(`input_ids.${index}: token ${foreign} is not in the vocabulary of ${vocabSize}`);
  }
}

function resolveParameters(requested: unknown, { maxPositions, vocabSize }: Manifest): GenerationParameters {
  const defaults = {
    ...TRANSFORMERS_DEFAULTS,
    max_length: Math.min(TRANSFORMERS_DEFAULTS.max_length, maxPositions),
  };
  try {
    const parameters = resolveGenerationParameters(requested, defaults);
    refuseUnfitParameters(parameters, { maxPositions, vocabSize });
    return parameters;
  } catch (error) {
    if (error instanceof InvalidParameterError) throw new UserError(error.message);
    throw error;
  }
}
