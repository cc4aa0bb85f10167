import type { GeneratedSequence } from '../backends/inference-response.ts';

/**
 * Samples by the mean log-probability of their tokens, the likeliest first: OpenAI's meaning of `best_of`. They come from
 * the backend in the order of their random numbers.
 */
export function mostLikelyFirst(samples: GeneratedSequence[]): GeneratedSequence[] {
  return samples.toSorted((a, b) => meanLogprob(b) - meanLogprob(a));
}

function meanLogprob({ logprobs }: GeneratedSequence): number {
  if (logprobs === null) throw new Error('Samples to compare have no log-probabilities. This is a bug.');
  return logprobs.reduce((sum, logprob) => sum + logprob, 0) / Math.max(logprobs.length, 1);
}
