import * as z from 'zod';
import { type Finding, ok, warning } from './finding.ts';

/** What /healthz tells of a second model. */
export const candidateSchema = z.looseObject({
  model: z.string(),
  share: z.number(),
  state: z.string(),
  reason: z.string().nullable(),
});

const ADVICE: Record<string, string> = {
  unfit:
    'Name another precision, size or fine-tune with the same tokenizer and limits in CANDIDATE_MODEL_NAME, or leave it out.',
  away: 'Let a backend serve it (--model NAME=DIR), or put CANDIDATE_MODEL_NAME or CANDIDATE_BACKENDS right.',
};

/** Whether a second model has the sessions that it is to have. Nobody else would notice: the first model answers. */
export function candidateFinding({ model, share, state, reason }: z.infer<typeof candidateSchema>): Finding {
  const about = `candidate ${model}`;
  const wanted =
    share === 0
      ? 'those who ask for it by name'
      : `${Number((share * 100).toPrecision(3))} % of new sessions`;
  if (state === 'ready') return ok(about, `ready, for ${wanted}`);
  const advice = ADVICE[state] ?? 'Look at its backends: tandem doctor --backend URL.';
  return warning(about, `gets no sessions, and is to have ${wanted}. ${reason ?? ''}`.trim(), advice);
}
