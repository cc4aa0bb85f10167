import { ask } from '../doctor/ask.ts';
import { examineBackend } from '../doctor/backend.ts';
import { examineBuild } from '../doctor/models.ts';
import { type Finding, ok, problem, warning } from '../doctor/finding.ts';
import { isThisMachine } from '../edge-client.ts';
import { backendsOf, type Environment } from './environment.ts';
import type { Plan } from './plan.ts';
import { SECRETS } from './secrets.ts';
import type { AccountState } from './worker-state.ts';

export interface Checked {
  environment: Environment;
  state: AccountState;
  plan: Plan;
  /** What is known here of secrets, by their names. */
  secretValues: Record<string, string | undefined>;
  /** Of a compiled model that is served in the place of wrangler.toml's. */
  modelDirectory: string | undefined;
  /** Whether somebody can be asked for a secret. */
  canAsk: boolean;
  /** Whether secrets that are made here can be handed to somebody. */
  canHandOver: boolean;
}

/** Whether the environment can be deployed; each problem with what to do about it. */
export async function checkDeployment(checked: Checked): Promise<Finding[]> {
  const { environment, plan, modelDirectory } = checked;
  return [
    ...variableFindings(environment),
    ...secretFindings(checked),
    addressFinding(plan.address),
    ...(modelDirectory === undefined ? [] : [await examineBuild(modelDirectory)]),
    ...(await Promise.all(backendsOf(environment).map((backend) => backendFinding(backend, checked)))),
  ];
}

function variableFindings({ vars }: Environment): Finding[] {
  const advice = 'Take it out of [vars] in wrangler.toml.';
  const development =
    vars['DEVELOPMENT_MODE'] === undefined
      ? []
      : [problem('DEVELOPMENT_MODE', 'is set: a deployed worker would refuse every request', advice)];
  const open = SECRETS.filter(({ name, isPublic }) => !isPublic && vars[name] !== undefined);
  return [
    ...development,
    ...open.map(({ name }) =>
      problem(name, 'is a variable, which everybody with the account can read', advice),
    ),
  ];
}

function secretFindings({ plan, state, canAsk, canHandOver }: Checked): Finding[] {
  const { made, asked } = plan.secrets;
  const readable = (state.worker?.bindings ?? []).filter(
    ({ name, type }) => type !== 'secret_text' && SECRETS.some((one) => one.name === name && !one.isPublic),
  );
  return [
    ...readable.map(({ name }) =>
      problem(
        `secret ${name}`,
        'is no secret at the edge but a plain variable',
        'Delete it in Cloudflare’s dashboard (the worker’s settings), and give it a new value: it was readable.',
      ),
    ),
    ...(asked.length > 0 && !canAsk
      ? asked.map((name) =>
          problem(
            `secret ${name}`,
            'is missing, and nobody is there to be asked',
            `Give it in the variable ${name}, or in the file of --secrets; empty where there is none.`,
          ),
        )
      : []),
    ...(made.length > 0 && !canHandOver
      ? [
          problem(
            `secrets ${made.join(', ')}`,
            'are missing, and nobody would learn what is made here',
            'Name a file for them by --secrets FILE, or give them in variables of their names.',
          ),
        ]
      : []),
  ];
}

function addressFinding(address: string | null): Finding {
  if (address === null)
    return problem(
      'address',
      'the worker has none',
      'Give the account a name at workers.dev (dash.cloudflare.com, Workers & Pages), or the worker a route in wrangler.toml, or name its address by --url.',
    );
  const { protocol } = new URL(address);
  if (protocol === 'https:' || isThisMachine(new URL(address))) return ok('address', address);
  return problem('address', `${address} is not encrypted`, 'Give --url with https.');
}

async function backendFinding(
  { url, secret }: { url: string; secret: string },
  { environment: { vars }, state, secretValues }: Checked,
): Promise<Finding> {
  const about = `backend ${url}`;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const advice = 'Put your backend’s address into wrangler.toml (BACKEND_URL), or name it by --backend.';
  if (parsed === undefined || /(^|\.)example(\.\w+)?$/.test(parsed.hostname))
    return problem(about, 'is no backend of yours', advice);
  if (parsed.protocol !== 'https:')
    return problem(
      about,
      'is not encrypted: texts’ token ids and its token would be readable on the way',
      advice,
    );
  const token = secretValues[secret];
  // What the edge knows and we do not, we cannot try.
  if (token === undefined && state.worker?.secrets.has(secret)) return reachable(about, url);
  const findings = await examineBackend({ url, token, model: String(vars['MODEL_NAME']), isExpected: true });
  const trouble = findings.find(({ state }) => state === 'problem');
  if (trouble === undefined) return findings[0]!;
  // What answers may be on its way; the new version is not given requests before it can answer them.
  const isThere = !trouble.found.startsWith('does not answer');
  return isThere ? warning(trouble.about, trouble.found, trouble.advice!) : trouble;
}

async function reachable(about: string, url: string): Promise<Finding> {
  const answer = await ask(`${url}/v2`);
  if (answer.answered) return ok(about, `answers in ${answer.ms} ms; the edge has its token`);
  return problem(
    about,
    `does not answer: ${answer.why}`,
    'Start it, or put its address right (BACKEND_URL).',
  );
}
