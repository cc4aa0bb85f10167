import { join } from 'node:path';
import { InvalidArgumentError, Command, Option } from 'commander';
import { Deployment, type Company, type Prepared } from '../deploy/deploy.ts';
import { describeFinding } from '../doctor/describe-finding.ts';
import { isProblem } from '../doctor/finding.ts';
import { describePlan } from '../deploy/describe-plan.ts';
import type { EnvironmentName } from '../deploy/environment.ts';
import type { Outcome } from '../deploy/roll-out.ts';
import { servableModel } from '../local/compiled-model.ts';
import { modelPlaces } from '../local/model-places.ts';
import { TANDEM_HOME } from '../paths.ts';
import { ask, canAsk, confirm } from '../terminal/ask.ts';
import { Interruption, untilInterrupted } from '../terminal/interruption.ts';
import { note, printJson } from '../terminal/output.ts';
import { UsageError, UserError } from '../user-error.ts';
import { type JsonOption, withJson } from './json-option.ts';
import { rollbackCommand } from './deploy/rollback.ts';
import { describeTraffic, environmentOption } from './deploy/words.ts';

export function deployCommand(): Command {
  const command = new Command('deploy')
    .description('put the edge on Cloudflare, gradually, and take it back if it is not well')
    .addOption(environmentOption())
    .option('--model <model>', 'a compiled model to serve, in the place of wrangler.toml’s')
    .addOption(
      new Option('--backend <url>', 'the backend’s address, in the place of wrangler.toml’s').env(
        'BACKEND_URL',
      ),
    )
    .option(
      '--url <url>',
      'the worker’s address, where it is neither a route in wrangler.toml nor at workers.dev',
    )
    .option(
      '--secrets <file>',
      'NAME=value a line: secrets to use where they are missing; those made are added to it',
    )
    .option('--watch <seconds>', 'how long each stage is watched', seconds, 60)
    .option('--dry-run', 'look at everything, change nothing (also --plan)', false)
    .addOption(new Option('--plan', 'the same as --dry-run').hideHelp())
    .option('--yes', 'do not ask before it begins', false);
  return withJson(command, 'what came of it, the plan and the findings; needs --yes or --dry-run')
    .addCommand(rollbackCommand())
    .addHelpText('after', HELP)
    .action(deploy);
}

const HELP = `
Needs an account: "npx wrangler login", or the variables CLOUDFLARE_API_TOKEN and, where it opens several accounts,
CLOUDFLARE_ACCOUNT_ID. Makes what the environment lacks: KV namespaces, queues, secrets. Secrets that are missing are taken from
variables of their names or the file of --secrets; otherwise ADMIN_TOKEN, SESSION_TOKEN_SECRET and SEALING_SECRET are made, and BACKEND_TOKEN
is asked for. Without --secrets those that are made are shown once, at a terminal, as soon as the worker has them. A new version gets 10 %, 50 % and all requests, and none again where it is not well; with ADMIN_TOKEN its stores and the
rate of errors are watched, too. A first deployment, and one with migrations of Durable Objects, is at once.

Ends with 0 when it is deployed, 1 where nothing was deployed, 3 when it was taken back, 4 where somebody has to look.

Examples:
  tandem deploy --dry-run
  tandem deploy --env production --backend https://backend.your-domain.com --secrets production.env
  tandem deploy --env production --model facebook/blenderbot-400M-distill
  tandem deploy rollback --env production`;

interface DeployOptions extends JsonOption {
  env: EnvironmentName;
  model?: string;
  backend?: string;
  url?: string;
  secrets?: string;
  watch: number;
  dryRun: boolean;
  plan?: true;
  yes: boolean;
}

/** What came of it, for programs. */
interface Report {
  result:
    | 'planned'
    | 'refused'
    | 'declined'
    | 'deployed'
    | 'rolled_back'
    | 'stuck'
    | 'failed'
    | 'interrupted';
  why?: string;
}

/** Besides those of all commands: 2 is a wrong call. */
const RESULT_CODES: Record<Exclude<Report['result'], 'failed' | 'interrupted'>, number> = {
  planned: 0,
  deployed: 0,
  refused: 1,
  declined: 1,
  rolled_back: 3,
  stuck: 4,
};

async function deploy(options: DeployOptions): Promise<void> {
  const { signal } = untilInterrupted();
  signal.addEventListener('abort', () => note('\nStopping, once the call that is under way has ended …'));
  const company: Company = {
    tell: note,
    ask: canAsk() ? (question) => ask(question, { hidden: true }) : undefined,
    showOnce: canAsk() ? showOnce : undefined,
    signal,
  };
  const deployment = new Deployment(await deploymentOptions(options, company), company, process.env);
  let prepared: Prepared | undefined;
  try {
    prepared = await deployment.prepare();
    const report = await carryOut(prepared, deployment, options);
    if (options.json) printJson(forPrograms(report, prepared, deployment));
    process.exitCode = RESULT_CODES[report.result];
  } catch (error) {
    if (!(error instanceof Interruption) && !(error instanceof UserError)) throw error;
    if (prepared !== undefined) note(standing(deployment, options.env));
    const result = error instanceof Interruption ? 'interrupted' : 'failed';
    if (options.json) printJson(forPrograms({ result, why: error.message }, prepared, deployment));
    throw error;
  }
}

async function deploymentOptions(
  { env, model, backend, url, secrets, watch }: DeployOptions,
  { tell, signal }: Company,
) {
  const compiled =
    model === undefined ? undefined : await servableModel(model, { ...modelPlaces(), log: tell, signal });
  for (const [name, address] of Object.entries({ '--backend': backend, '--url': url }))
    if (address !== undefined && (!URL.canParse(address) || !/^https?:/.test(address)))
      throw new UsageError(`${name} is ${JSON.stringify(address)}: an address begins with https://.`);
  return {
    environment: env,
    folder: join(TANDEM_HOME, 'deploy', env),
    model: compiled && { directory: compiled.directory, name: compiled.manifest.name },
    backendUrl: backend,
    address: url?.replace(/\/+$/, ''),
    secretsFile: secrets,
    watchMs: watch * 1_000,
  };
}

type Ended = Report & { result: keyof typeof RESULT_CODES };

async function carryOut(
  prepared: Prepared,
  deployment: Deployment,
  { env, dryRun, plan, yes, json }: DeployOptions,
): Promise<Ended> {
  const { findings, release: name } = prepared;
  const show = json ? () => {} : (text: string) => console.log(text);
  for (const finding of findings) show(describeFinding(finding));
  const problems = findings.filter(isProblem);
  const bundle = problems.length === 0 ? await deployment.bundle(prepared) : undefined;
  show(`\n${describePlan(prepared.plan, { name, bundle })}\n`);
  if (bundle === undefined) {
    note('Nothing was changed: there are problems.');
    return { result: 'refused', why: problems.map(({ about, found }) => `${about}: ${found}`).join('; ') };
  }
  if (dryRun || plan) return { result: 'planned' };
  if (!yes && !(await confirm(`Deploy this to ${env}?`))) {
    note('Nothing was changed.');
    return { result: 'declined' };
  }
  return reportOf(await deployment.run(prepared, bundle), deployment, env);
}

function reportOf(outcome: Outcome, deployment: Deployment, env: EnvironmentName): Ended {
  switch (outcome.kind) {
    case 'deployed':
      note(`Deployed: version ${deployment.versionId} answers all requests.`);
      return { result: 'deployed' };
    case 'rolled back':
      note(`Taken back: ${outcome.why}.`);
      return { result: 'rolled_back', why: outcome.why };
    case 'stuck':
      note(`Somebody has to look: ${outcome.why}.\n${standing(deployment, env)}`);
      return { result: 'stuck', why: outcome.why };
  }
}

/** How an unfinished deployment leaves things, and what can be done. */
function standing({ traffic }: Deployment, env: EnvironmentName): string {
  const lines = [`Requests to ${env} are answered by: ${describeTraffic(traffic)}.`];
  if (traffic.length > 1)
    lines.push(`To give them all to the version from before: tandem deploy rollback --env ${env}`);
  lines.push(`To begin anew, with whatever has been made by now: tandem deploy --env ${env}`);
  return lines.join('\n');
}

function forPrograms(
  { result, why }: Report,
  prepared: Prepared | undefined,
  deployment: Deployment,
): object {
  const { traffic, versionId = null } = deployment;
  return {
    result,
    ...(why !== undefined && { why }),
    version_id: versionId,
    traffic,
    ...(prepared && {
      release: prepared.release,
      findings: prepared.findings,
      // Of secrets the names, and nothing of what they are.
      plan: {
        ...prepared.plan,
        secrets: { ...prepared.plan.secrets, given: Object.keys(prepared.plan.secrets.given) },
      },
    }),
  };
}

function showOnce(secrets: Record<string, string>): void {
  const lines = Object.entries(secrets).map(([name, value]) => `  ${name}=${value}`);
  console.error(
    `Made, and shown this once. Keep them: ADMIN_TOKEN opens the console, the others rotate by their old value.\n${lines.join('\n')}`,
  );
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 86_400)) throw new InvalidArgumentError('A number of seconds, up to a day.');
  return value;
}
