/**
 * Prints the tensors that a compiled model's graph is fed for each request on standard input, one JSON object a line, so
 * that other runtimes than Node's can run the same graph on the same numbers: MODEL.
 */
import type { Tensor } from 'onnxruntime-node';
import { readManifest } from '../../gpu-backend/compiler/manifest.ts';
import { makeInputs } from '../../gpu-backend/runtime/generation-session.ts';
import { answerJsonLines } from '../../infra/terminal/json-lines.ts';
import { resolveGenerationParameters, TRANSFORMERS_DEFAULTS } from '../../shared/generation-parameters.ts';
import type { Request } from './workload.ts';

const manifest = await readManifest(process.argv[2]!);
await answerJsonLines((request) => {
  const { input_ids, parameters: requested } = request as Request;
  const parameters = resolveGenerationParameters(requested, TRANSFORMERS_DEFAULTS);
  const feeds = makeInputs(
    input_ids.map((inputIds) => ({ inputIds, parameters })),
    manifest.tokens.pad,
  );
  return Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, describe(tensor)]));
});

function describe({ type, dims, data }: Tensor) {
  return { type, dims, data: Array.from(data as ArrayLike<number | bigint>, Number) };
}
