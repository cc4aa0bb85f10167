import { flagNames } from '../safety/safety-flags.ts';
import type { RequestFigures } from './request-figures.ts';

/** The figures of a request, or of a turn that is answered after its request, as its line of the log has them. */
export function figuresEntry(figures: RequestFigures): object {
  const { backend, stages, safety, model, fellBackFrom, movedFrom, feedback } = figures;
  const flagged = flagNames(safety);
  return {
    ...Object.fromEntries([...stages].map(([stage, ms]) => [`${stage}_ms`, ms])),
    ...(model !== null && { model }),
    ...(fellBackFrom !== null && { fell_back_from: fellBackFrom }),
    ...(movedFrom !== null && { moved_from: movedFrom }),
    ...(feedback !== null && { rating: feedback.rating }),
    ...(backend !== null && {
      backend: backend.backend,
      attempts: backend.attempts,
      backend_ms: backend.totalMs,
      ...(backend.queueMs !== null && { queue_ms: backend.queueMs }),
      ...(backend.inferenceMs !== null && { inference_ms: backend.inferenceMs }),
    }),
    ...(flagged !== null && { flagged }),
  };
}
