/** Answers requests with a compiled model, as a process of its own: MODEL THREADS [PROFILE-PREFIX]. */
import { openGenerationSession } from '../../../gpu-backend/runtime/generation-session.ts';
import { answerJsonLines } from '../../../infra/terminal/json-lines.ts';
import type { Request } from '../workload.ts';

const [model, threads, profilePrefix] = process.argv.slice(2) as [string, string, string?];
const session = await openGenerationSession(model, {
  threads: Number(threads),
  ...(profilePrefix === undefined ? {} : { profilePrefix }),
});
console.log(JSON.stringify({ ready: true }));
await answerJsonLines(async (request) => {
  const { input_ids, parameters } = request as Request;
  const complete = { ...session.manifest.recommendedGeneration, ...parameters };
  const started = performance.now();
  const answers = await session.generate(input_ids.map((inputIds) => ({ inputIds, parameters: complete })));
  const seconds = (performance.now() - started) / 1000;
  return { seconds, sequences: answers.map(({ sequences }) => sequences[0]) };
});
await session.release();
