import * as z from 'zod';
import { whyUnfit } from '../../edge/backends/model-inputs.ts';
import { GENERATION_INPUTS, GENERATION_OUTPUTS } from '../../shared/generation-tensors.ts';
import { SERVER_NAME } from '../../shared/inference-protocol.ts';
import { ask } from './ask.ts';
import { type Finding, ok, problem, skipped, warning } from './finding.ts';

const tensor = z.looseObject({ name: z.string(), datatype: z.string(), shape: z.array(z.coerce.number()) });
const serverSchema = z.looseObject({ name: z.string(), version: z.string() });
const modelSchema = z.looseObject({ inputs: z.array(tensor), outputs: z.array(tensor) });

export interface BackendQuestion {
  /** Without a slash at its end. */
  url: string;
  token: string | undefined;
  /** As the edge asks for it; undefined where nobody knows. */
  model: string | undefined;
  /** Whether somebody said that there is one. */
  isExpected: boolean;
}

/** A server of the Open Inference Protocol v2: reachable, the right token, ready, and the tensors that the edge sends. */
export async function examineBackend({ url, token, model, isExpected }: BackendQuestion): Promise<Finding[]> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const about = `backend ${url}`;
  const server = await ask(`${url}/v2`, { headers });
  if (!server.answered) {
    if (!isExpected) return [skipped(about, 'nothing runs there')];
    const advice =
      'Start it, or put its address right (BACKEND_URL). If it runs: is a firewall or another network in between?';
    return [problem(about, `does not answer: ${server.why}`, advice)];
  }
  if (server.status === 401 || server.status === 403) {
    const advice = 'Give the backend’s token in BACKEND_TOKEN; at the edge it is the secret of that name.';
    return [problem(about, `refuses the token (${server.status})`, advice)];
  }
  const described = serverSchema.safeParse(server.body);
  if (server.status !== 200 || !described.success) {
    const advice = 'Something else listens there: put the address right, or move one of the two.';
    return [problem(about, `does not speak the Open Inference Protocol v2 (${server.status})`, advice)];
  }
  const { name, version } = described.data;
  const findings = [ok(about, `${name} ${version}, answers in ${server.ms} ms`)];
  const ready = await ask(`${url}/v2/health/ready`, { headers });
  if (!ready.answered || ready.status !== 200) {
    const said = ready.answered
      ? z.object({ error: z.string() }).safeParse(ready.body).data?.error
      : ready.why;
    const advice =
      'It may still be loading. Otherwise its log says why; a breaker that is open tries again by itself.';
    findings.push(problem(about, `is not ready${said ? `: ${said}` : ''}`, advice));
  }
  if (model !== undefined) findings.push(await examineModel({ url, model, server: name, headers }));
  return findings;
}

interface ModelQuestion {
  url: string;
  model: string;
  /** The server's own name. */
  server: string;
  headers: Record<string, string>;
}

async function examineModel({ url, model, server, headers }: ModelQuestion): Promise<Finding> {
  const about = `model ${model} at ${url}`;
  const answer = await ask(`${url}/v2/models/${model}`, { headers });
  const described = answer.answered && answer.status === 200 ? modelSchema.safeParse(answer.body) : undefined;
  if (!described?.success) {
    const advice =
      'Let the backend serve it under that name, or let MODEL_NAME of the edge name one that is there.';
    return problem(about, 'is not served', advice);
  }
  const difference = tensorDifference(described.data);
  if (difference === undefined) return ok(about, 'takes what the edge sends');
  if (isMet(described.data, server)) {
    const advice =
      'Nothing is broken. Bring what is older to the same version when you can: docs/releasing.md.';
    return warning(about, `is of another version, which the edge understands: ${difference}`, advice);
  }
  return problem(
    about,
    difference,
    'Edge and model are of versions that do not fit (docs/releasing.md): build the model again with this one.',
  );
}

/** Whether the edge understands a model of another version. */
function isMet({ inputs, outputs }: z.infer<typeof modelSchema>, server: string): boolean {
  // Log-probabilities are looked for only where a request asks for them.
  const needed = GENERATION_OUTPUTS.filter(({ name }) => name !== 'logprobs');
  const hasOutputs = needed.every(({ name }) => outputs.some((output) => output.name === name));
  // Tandem's own backend knows what holds where a tensor is missing; the graph by itself does not.
  const needsMore = server !== SERVER_NAME && inputs.some(({ name }) => !isKnown(name));
  return hasOutputs && !needsMore && whyUnfit(inputs) === undefined;
}

const isKnown = (input: string) => GENERATION_INPUTS.some(({ name }) => name === input);

/** Where a model's tensors are not the generation graph's; undefined where they are. */
export function tensorDifference(model: z.infer<typeof modelSchema>): string | undefined {
  for (const [kind, ours, theirs] of [
    ['input', GENERATION_INPUTS, model.inputs],
    ['output', GENERATION_OUTPUTS, model.outputs],
  ] as const) {
    for (const { name, datatype, shape } of ours) {
      const found = theirs.find((one) => one.name === name);
      if (found === undefined) return `has no ${kind} "${name}"`;
      if (found.datatype !== datatype || found.shape.length !== shape.length)
        return `has the ${kind} "${name}" as ${found.datatype} [${found.shape}], not ${datatype} [${shape}]`;
    }
    const unknown = kind === 'input' && theirs.find(({ name }) => !isKnown(name));
    if (unknown) return `wants the ${kind} "${unknown.name}", which the edge does not know`;
  }
  return undefined;
}
